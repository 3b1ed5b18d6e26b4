"""Tells who is at the other end of a request, with our own proxies between or without."""

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The client's address, as the outermost of our own proxies saw it.

    Each proxy adds on the right whom it heard; what stands further left is hearsay of the client.
    """
    heard = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if 0 < settings.PROXIES <= len(heard) and heard[-settings.PROXIES]:
        return heard[-settings.PROXIES]
    return request.META["REMOTE_ADDR"]
