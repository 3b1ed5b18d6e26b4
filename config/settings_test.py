"""Settings of the tests: real PostgreSQL and Redis, embedded ones when none are given."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from config import embedded

# The addresses are settled here, before Django looks at them; tests/conftest.py starts the
# servers when the first test wants one. Workers of pytest-xdist inherit the environment, so all
# of a run share one pair of servers.
TEST_DIR = Path(
    os.environ.setdefault("GUISHU_TEST_DIR", str(embedded.temporary_folder("guishu-test-")))
)
os.environ.setdefault("DATABASE_URL", embedded.Postgres(TEST_DIR).url())
os.environ.setdefault("REDIS_URL", embedded.Redis(TEST_DIR).url())
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("GUISHU_LOG", "plain")

from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, CELERY_BROKER_URL, REDIS_URL, STORAGES  # noqa: E402

# Each worker has a database of its own in PostgreSQL (pytest-django names it) and in Redis.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
REDIS_DATABASE = int(WORKER.removeprefix("gw")) + 1
if urlsplit(REDIS_URL).scheme == "unix":
    REDIS_URL = f"unix://{urlsplit(REDIS_URL).path}?db={REDIS_DATABASE}"
    CELERY_BROKER_URL = f"{CELERY_BROKER_URL.partition('?')[0]}?virtual_host={REDIS_DATABASE}"
else:
    REDIS_URL = CELERY_BROKER_URL = urlsplit(REDIS_URL)._replace(path=f"/{REDIS_DATABASE}").geturl()
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CACHES = {"default": {**CACHES["default"], "LOCATION": REDIS_URL}}

MEDIA_ROOT = TEST_DIR / "media" / WORKER
# Fast, because a test's password guards nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PUBLIC_ADDRESS = "http://testserver"
# Static files as they are: a test needs no collectstatic before it.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Many log-ins come from one address; a test of the throttle turns it on.
AXES_ENABLED = False
