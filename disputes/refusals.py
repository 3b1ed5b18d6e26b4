"""What several doors of disputes refuse, each with a message for the one who asked."""

from django.utils.translation import gettext_lazy as _


class NoReason(ValueError):
    """Every ruling says why."""

    message = _("裁定要寫理由。")


class NotAnAgentHere(ValueError):
    """A client is given only to an agent who works in the project now."""

    message = _("只能給在這個專案任職的置業顧問。")
