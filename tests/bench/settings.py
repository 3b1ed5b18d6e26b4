"""The office's own settings, and one address more: the bare POST, to measure against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
# Pages are asked for too, and nothing has collected their assets.
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
