"""The addresses of imports."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("new/", views.import_new, name="import_new"),
    path("<uuid:key>/", views.import_rows, name="import_rows"),
    path("<uuid:key>/columns/", views.import_columns, name="import_columns"),
    path("<uuid:key>/progress/", views.import_progress, name="import_progress"),
    path("<uuid:key>/agents/", views.import_agents, name="import_agents"),
    path("<uuid:key>/sign/", views.import_sign, name="import_sign"),
    path("<uuid:key>/cancel/", views.import_cancel, name="import_cancel"),
    path("<uuid:key>/rows/", views.import_file, name="import_file"),
]
