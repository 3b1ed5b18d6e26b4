"""The addresses of commissions."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("report/", views.report, name="report"),
    path("report/export/", views.export_start, name="export_start"),
    path("needs/analysis/", include("commissions.needs.urls")),
    path("report/forecast/", views.forecast, name="forecast"),
    path("cases/<int:pk>/pack/", views.case_pack, name="case_pack"),
    path("exports/<uuid:key>/", views.export, name="export"),
    path("exports/<uuid:key>/cancel/", views.export_cancel, name="export_cancel"),
    path("exports/<uuid:key>/file/", views.export_file, name="export_file"),
    path("statement/", views.statement, name="statement"),
    path("statement/print/", views.statement_print, name="statement_print"),
    path("statement/<int:pk>/object/", views.statement_object, name="statement_object"),
    path("leads/<int:pk>/deals/", views.lead_deals, name="lead_deals"),
    path("leads/<int:pk>/deals/new/", views.deal_new, name="deal_new"),
    path("leads/<int:pk>/reserve/", views.reserve, name="reserve"),
    path("reservations/<int:pk>/release/", views.reservation_release, name="reservation_release"),
    path("deals/<int:pk>/steps/<str:kind>/", views.deal_step, name="deal_step"),
    path("deals/<int:pk>/adjust/", views.deal_adjust, name="deal_adjust"),
    path("units/", views.unit_list, name="unit_list"),
    path("units/import/", views.unit_import, name="unit_import"),
    path("plans/", views.plan_list, name="plan_list"),
    path("plans/new/", views.plan_new, name="plan_new"),
    path("periods/", views.period_list, name="period_list"),
    path("periods/sign/", views.period_sign, name="period_sign"),
    path("periods/<int:pk>/payout/", views.period_payout, name="period_payout"),
]
