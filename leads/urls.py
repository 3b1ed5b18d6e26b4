"""The addresses of leads."""

from django.urls import include, path

from . import views
from .board.views import agents, desk, fairness, group, rosters
from .needs.views import client as wishes
from .needs.views import work
from .views import likenesses, links, people

urlpatterns = [
    path("leads/", views.lead_list, name="lead_list"),
    path("leads/<int:pk>/phone/", views.lead_reveal, name="lead_reveal"),
    path("leads/<int:pk>/people/", people.lead_people, name="lead_people"),
    path("leads/<int:pk>/people/change/", people.people_change, name="people_change"),
    path("leads/<int:pk>/link/", links.link_new, name="link_new"),
    path("leads/<int:pk>/needs/", wishes.lead_needs, name="lead_needs"),
    path("leads/<int:pk>/needs/new/", wishes.need_new, name="need_new"),
    path("leads/<int:pk>/buying/", wishes.lead_buying, name="lead_buying"),
    path("leads/<int:pk>/profile/", wishes.lead_profile, name="lead_profile"),
    path("leads/<int:pk>/plan/", wishes.lead_plan, name="lead_plan"),
    path("plan-steps/<int:pk>/end/", wishes.plan_step_end, name="plan_step_end"),
    path("offers/<int:pk>/answer/", wishes.offer_answer, name="offer_answer"),
    path("needs/", work.need_list, name="need_list"),
    path("needs/new/", work.need_add, name="need_add"),
    path("needs/items/", work.need_items, name="need_items"),
    path("needs/<int:pk>/", work.need, name="need"),
    path("links/<int:pk>/take-back/", links.link_take_back, name="link_take_back"),
    path("likenesses/", likenesses.likenesses, name="likenesses"),
    path("likenesses/<int:pk>/dismiss/", likenesses.likeness_dismiss, name="likeness_dismiss"),
    path("notes/", views.notes, name="notes"),
    path("imports/", include("leads.imports.urls")),
    path("saved-views/", include("leads.saved_views.urls")),
    path("reception/", desk.reception, name="reception"),
    path("reception/board/", desk.reception_board, name="reception_board"),
    path("reception/mine/", agents.my_turn, name="my_turn"),
    path("reception/presence/", agents.presence, name="presence"),
    path("reception/<int:pk>/", group.arrival, name="arrival"),
    path("rota/", rosters.rota, name="rota"),
    path("fairness/", fairness.fairness, name="fairness"),
    path("fairness/file/", fairness.fairness_file, name="fairness_file"),
]
