"""Every address of the product."""

from django.contrib.auth import views as auth
from django.urls import include, path
from django.views.i18n import set_language

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("language/", set_language, name="set_language"),
    path("project/", views.switch_project, name="switch_project"),
    path("overview/", views.overview, name="overview"),
    path("", include("leads.urls")),
    path("", include("attribution.urls")),
    path("", include("disputes.urls")),
    path("", include("commissions.urls")),
]
