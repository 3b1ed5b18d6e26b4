"""The addresses of saved views."""

from django.urls import path

from . import views

urlpatterns = [
    path("new/", views.saved_view_new, name="saved_view_new"),
    path("<int:pk>/", views.saved_view, name="saved_view"),
]
