"""Every setting of the office; what differs between deployments comes from the environment.

SECRET_KEY        signs sessions and links; secret, and always the same (required)
DATABASE_URL      postgresql://user:password@host:port/name (required)
REDIS_URL         redis://host:port or unix:///path (required)
GUISHU_HOSTS      host names served, with commas between (else localhost only)
GUISHU_ADDRESS    how people reach it, for mails and calendars: https://host[:port]
                  (else the first host)
GUISHU_HTTPS      1: behind a proxy that speaks TLS and says so
GUISHU_PROXIES    how many proxies stand in front and add X-Forwarded-For (else 0)
GUISHU_MEDIA      folder of exports and uploads, never served as it is (else build/media)
GUISHU_LOG        plain: for eyes; json: one object a line, for machines (the default)
GUISHU_DEBUG      1: Django's debug pages, on a developer's own machine only
EMAIL_URL         smtp://user:password@host:port, smtps:// for TLS (else mail goes to the log)
GUISHU_MAIL_FROM  sender of the office's mail (else guishu@localhost)
"""

import os
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.environment import (
    celery_url,
    database,
    flag,
    mail,
    number,
    public_address,
    required,
    words,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What may differ -----------------------------------------------------------------------

DEBUG = flag("GUISHU_DEBUG")
SECRET_KEY = required("SECRET_KEY")
HTTPS = flag("GUISHU_HTTPS")
PROXIES = number("GUISHU_PROXIES")
REDIS_URL = required("REDIS_URL")
ALLOWED_HOSTS = words("GUISHU_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
PUBLIC_ADDRESS = public_address("GUISHU_ADDRESS", ALLOWED_HOSTS, https=HTTPS)
MEDIA_ROOT = Path(os.environ.get("GUISHU_MEDIA") or BASE_DIR / "build" / "media")

# --- The application -------------------------------------------------------------------------

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # Ours come first, so that their templates and commands win.
    "leads",
    "attribution",
    "disputes",
    "commissions",
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.office_time",
    # Last, as its documentation asks: it turns a refused log-in into the answer of a locked door.
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.shell.shell",
            ],
        },
    },
]
# Form widgets may be overridden by a template of ours.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- The database ----------------------------------------------------------------------------

# Connections are kept (one a thread, so a handful) and asked for a sign of life at the start of
# each request: a restarted PostgreSQL heals by itself, at the price of one tiny round trip.
# A pool would do the same with a thread more in every process and care to take at each fork.
DATABASES = {"default": database(required("DATABASE_URL"))}
# Doors open their own durable transactions; a view never holds one.
ATOMIC_REQUESTS = False

# --- Redis: only what may be lost ------------------------------------------------------------

# Nothing in Redis is the only copy of anything. When it is gone, the cache misses, tasks are not
# enqueued (the sweep finds their rows later), and no page fails.
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "guishu",
        "OPTIONS": {
            "socket_connect_timeout": 0.3,
            "socket_timeout": 0.5,
            "retry": Retry(NoBackoff(), 0),
        },
    },
}

CELERY_BROKER_URL = celery_url(REDIS_URL)
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CELERY_RESULT_EXPIRES = 24 * 60 * 60
CELERY_TASK_IGNORE_RESULT = True
# A task says so itself when somebody waits for its progress (`ignore_result=False`).
CELERY_TASK_TRACK_STARTED = True
# A worker that dies half-way gives its task back; every task of ours may run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
# Enqueueing must fail at once when Redis is gone, and soon when it hangs: a request is waiting.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1,
    "max_retries": 0,
}
CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 0.5
CELERY_REDIS_SOCKET_TIMEOUT = 1
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"retry_policy": {"max_retries": 0, "timeout": 0.5}}
# A worker, on the other hand, waits for as long as it takes.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# What runs by the clock, as {"name": {"task": "app.tasks.name", "schedule": seconds or crontab}}.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    # Every half-hour, and so soon after every midnight, wherever a project's day ends.
    "lapsed": {"task": "attribution.tasks.refresh_lapsed", "schedule": crontab(minute="2,32")},
    "answers": {"task": "attribution.tasks.sweep_answers", "schedule": 60.0},
    # Every hour: each project's morning is at another one; who was reminded is not again.
    "reminders": {"task": "attribution.tasks.remind_of_lapses", "schedule": crontab(minute=7)},
    # At night, when nobody waits for the workers.
    "rederive": {
        "task": "attribution.tasks.rederive_nightly",
        "schedule": crontab(hour=3, minute=7),
    },
    "rederivations": {"task": "attribution.tasks.sweep_rederivations", "schedule": 60.0},
    "notes": {"task": "leads.tasks.sweep_notifications", "schedule": 60.0},
    "people": {"task": "leads.tasks.match_people", "schedule": 60.0},
    "deadlines": {"task": "disputes.tasks.follow_deadlines", "schedule": crontab(minute="*/10")},
    # The facts themselves are the queue; a suspicion stands soon after the fact that completes it.
    "detectors": {"task": "disputes.detectors.tasks.look_at_changes", "schedule": 60.0},
    "detectors-nightly": {
        "task": "disputes.detectors.tasks.look_at_projects",
        "schedule": crontab(hour=3, minute=37),
    },
    "precedents": {"task": "disputes.tasks.keep_precedents", "schedule": 60.0},
    "imports": {"task": "leads.imports.tasks.sweep_imports", "schedule": 60.0},
    "old-imports": {
        "task": "leads.imports.tasks.expire_imports",
        "schedule": crontab(minute=27, hour="*/6"),
    },
    "exports": {"task": "commissions.tasks.sweep_exports", "schedule": 60.0},
    "old-exports": {"task": "commissions.tasks.expire_exports", "schedule": crontab(minute=17)},
}

# --- Who is it -------------------------------------------------------------------------------

AUTH_USER_MODEL = "leads.Staff"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Sessions live in PostgreSQL alone. A copy in Redis would save one read by primary key a request,
# but a log-out during a Redis failure would leave the copy alive, and come back with it.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "guishu_session"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "guishu_csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60

# Five wrong passwords close the door for a quarter of an hour, for this name from this address:
# a whole office behind one address is not locked out by one forgetful colleague.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "config.client.address"

# --- What a browser may do ---------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # Tabler's style sheet draws ticks and arrows from data: addresses.
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # The health check comes from inside, without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    # Other names under the same domain are not ours to promise for.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- Words, numbers, dates -------------------------------------------------------------------

LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "繁體中文"), ("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "collected"
# What config/assets.py made of the npm packages; our own styles and scripts are in config/static.
STATICFILES_DIRS = [BASE_DIR / "build" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG:
    # Sources are served as they are, without a collectstatic after each change.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True

# No MEDIA_URL: a file leaves through a view that asks who is there.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Who looks for viruses in evidence: the dotted path of a callable that takes the bytes and raises
# ValidationError where something is wrong. Empty: nobody does.
EVIDENCE_SCANNER = os.environ.get("GUISHU_EVIDENCE_SCANNER", "")

# --- Mail and logs -------------------------------------------------------------------------------

globals().update(mail(os.environ.get("EMAIL_URL", "")))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("GUISHU_MAIL_FROM", "guishu@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.log.JsonFormatter"},
        "plain": {"format": "%(levelname)-7s %(name)s: %(message)s"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": os.environ.get("GUISHU_LOG", "json"),
        },
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
        # A refused form or a missing page is no news.
        "django.request": {"level": "ERROR"},
        # Each task received and each tick of the clock is none either.
        "celery": {"level": "WARNING"},
    },
}
