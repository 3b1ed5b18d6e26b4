"""What wraps every request: times are an office's, and no request leaves its own to the next."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def office_time(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Each request begins and ends in the server's zone.

    In between `leads.access` moves it to the zone of the project whose rows it hands out: a page
    shows the clocks of its office, wherever the server and the reader are.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        try:
            return answer(request)
        finally:
            timezone.deactivate()

    return answered
