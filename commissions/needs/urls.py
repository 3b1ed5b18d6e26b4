"""The addresses of the analysis."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.need_analysis, name="need_analysis"),
    path("<slug:name>/", views.need_chart, name="need_chart"),
    path("<slug:name>/file/", views.need_chart_file, name="need_chart_file"),
]
