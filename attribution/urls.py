"""The addresses of attribution."""

from django.urls import path

from . import views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("log/", views.quick_log, name="quick_log"),
    path("enquiry/", views.enquiry, name="enquiry"),
    path("leads/<int:pk>/", views.lead, name="lead"),
    path("leads/<int:pk>/why/", views.lead_why, name="lead_why"),
    path("leads/<int:pk>/follow-up/", views.lead_follow_up, name="lead_follow_up"),
    path("policy/", views.policy, name="policy"),
]
