"""The addresses of attribution."""

from django.urls import path

from .agenda import views as agenda
from .views import beforehand, client, enquiry, policy, quick_log, rederivation, today

urlpatterns = [
    path("steps/", agenda.steps, name="steps"),
    path("steps/<int:pk>/", agenda.step, name="step"),
    path("calendar/", agenda.calendar, name="calendar"),
    path("calendar/<str:token>.ics", agenda.calendar_feed, name="calendar_feed"),
    path("today/", today.today, name="today"),
    path("log/", quick_log.quick_log, name="quick_log"),
    path("enquiry/", enquiry.enquiry, name="enquiry"),
    path("enquiries/", enquiry.enquiry_log, name="enquiry_log"),
    path("registrations/", beforehand.registrations, name="registrations"),
    path("registrations/new/", beforehand.registration_new, name="registration_new"),
    path(
        "registrations/<int:pk>/withdraw/",
        beforehand.registration_withdraw,
        name="registration_withdraw",
    ),
    path("leads/<int:pk>/proxy/", beforehand.proxy_new, name="proxy_new"),
    path("proxies/", beforehand.proxies, name="proxies"),
    path("proxies/<int:pk>/", beforehand.proxy_acknowledge, name="proxy_acknowledge"),
    path("leads/<int:pk>/", client.lead, name="lead"),
    path("leads/<int:pk>/why/", client.lead_why, name="lead_why"),
    path("leads/<int:pk>/ledger/", client.lead_ledger, name="lead_ledger"),
    path("leads/<int:pk>/proof/", client.lead_proof, name="lead_proof"),
    path("leads/<int:pk>/follow-up/", client.lead_follow_up, name="lead_follow_up"),
    path("policy/", policy.policy, name="policy"),
    path("policy/rederivations/", rederivation.rederivations, name="rederivations"),
    path("policy/rederivations/start/", rederivation.rederivation_start, name="rederivation_start"),
    path("policy/rederivations/<int:pk>/", rederivation.rederivation, name="rederivation"),
    path("policy/new/", policy.policy_new, name="policy_new"),
]
