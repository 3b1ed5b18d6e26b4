"""The addresses of commissions."""

from django.urls import path

from . import views

urlpatterns = [
    path("report/", views.report, name="report"),
    path("report/export/", views.export_start, name="export_start"),
    path("exports/<uuid:key>/", views.export, name="export"),
    path("exports/<uuid:key>/cancel/", views.export_cancel, name="export_cancel"),
    path("exports/<uuid:key>/file/", views.export_file, name="export_file"),
    path("statement/", views.statement, name="statement"),
    path("leads/<int:pk>/deals/", views.lead_deals, name="lead_deals"),
    path("leads/<int:pk>/deals/new/", views.deal_new, name="deal_new"),
]
