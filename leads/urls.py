"""The addresses of leads."""

from django.urls import path

from . import views

urlpatterns = [
    path("leads/", views.lead_list, name="lead_list"),
    path("leads/<int:pk>/phone/", views.lead_reveal, name="lead_reveal"),
    path("notes/", views.notes, name="notes"),
    path("reception/", views.reception, name="reception"),
]
