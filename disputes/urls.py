"""The addresses of disputes."""

from django.urls import path

from . import views

urlpatterns = [
    path("cases/", views.queue, name="queue"),
    path("cases/<int:pk>/", views.case, name="case"),
    path("cases/<int:pk>/rule/", views.case_rule, name="case_rule"),
    path("my-cases/", views.my_cases, name="my_cases"),
]
