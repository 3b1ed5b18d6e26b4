"""Comes with a session and takes pictures: what the browser tests of the pages share."""

from pathlib import Path

from django.conf import settings
from django.test import Client

SHOTS = Path(settings.BASE_DIR) / "build" / "screenshots"
WIDTHS = {1280: 900, 390: 844}


def log_in(page, staff):
    """Come with the session of someone."""
    client = Client()
    client.force_login(staff)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    address = page.evaluate("location.origin") if page.url.startswith("http") else None
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": cookie.value,
                "url": address or page.context._impl_obj._options["baseURL"],
            }
        ]
    )


def shoot(page, name):
    """A picture at each width; afterwards the desk's width again."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(250)
        page.screenshot(path=SHOTS / f"{name}-{width}.png")
        overflow = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
        assert not overflow, f"{name} overflows at {width}"
    page.screenshot(path=SHOTS / f"{name}-{width}-full.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
