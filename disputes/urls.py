"""The addresses of disputes."""

from django.urls import path

from . import views
from .departures import views as departures

urlpatterns = [
    path("cases/", views.queue, name="queue"),
    path("cases/names/", views.case_names, name="case_names"),
    path("cases/settled/", views.cases_settled, name="cases_settled"),
    path("cases/procedure/", views.case_procedure, name="case_procedure"),
    path("cases/<int:pk>/", views.case, name="case"),
    path("cases/<int:pk>/rule/", views.case_rule, name="case_rule"),
    path("cases/<int:pk>/step/", views.case_step, name="case_step"),
    path("cases/<int:pk>/precedents/", views.case_precedents, name="case_precedents"),
    path("cases/<int:pk>/present/", views.case_present, name="case_present"),
    path("cases/<int:pk>/file/", views.case_file, name="case_file"),
    path("penalties/", views.penalties, name="penalties"),
    path("penalties/<int:pk>/decide/", views.penalty_decide, name="penalty_decide"),
    path("leads/<int:pk>/contest/", views.contest, name="contest"),
    path("suspicions/", views.suspicions, name="suspicions"),
    path("suspicions/<int:pk>/", views.suspicion, name="suspicion"),
    path("my-cases/", views.my_cases, name="my_cases"),
    path("my-cases/<int:pk>/", views.my_case, name="my_case"),
    path("departures/", departures.departures, name="departures"),
    path("departures/<int:pk>/", departures.departure, name="departure"),
]
