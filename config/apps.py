"""Makes `config` an app of its own: it lends static files, translations and commands."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Guishu"

    def ready(self) -> None:
        # Tasks bind to the Celery app that exists when they are first called.
        import config.celery  # noqa: F401
