"""What a server in front of others has no rows of, and so neither pages nor figures."""

from django.conf import settings
from django.utils.translation import gettext as _

_ON_POWERAUTH_SERVER = (
    "operations.operation",
    "operations.operationtemplate",
    "powerauth.activation",
    "powerauth.application",
    "powerauth.applicationversion",
    "powerauth.integration",
    "powerauth.callback",
    "powerauth.callbackevent",
    "powerauth.signatureaudit",
)


def models_elsewhere() -> tuple[str, ...]:
    """Give the models whose rows live on another server, by app and name in small letters."""
    return _ON_POWERAUTH_SERVER if settings.POWERAUTH_SERVICE_URL else ()


def notes() -> list[str]:
    """Say what lives elsewhere, and where, to whoever looks for it here."""
    if not settings.POWERAUTH_SERVICE_URL:
        return []
    text = _(
        "Activations, applications, operations with their templates, callbacks and signatures are "
        "on the PowerAuth Server at %(url)s, and so are their pages."
    )
    return [text % {"url": settings.POWERAUTH_SERVICE_URL}]
