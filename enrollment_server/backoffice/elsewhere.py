"""What a server in front of others has no rows of, and so neither pages nor figures."""

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _

_ON_POWERAUTH_SERVER = (
    "operations.operation",
    "operations.operationtemplate",
    "powerauth.activation",
    "powerauth.application",
    "powerauth.applicationversion",
    "powerauth.callback",
    "powerauth.callbackevent",
    "powerauth.signatureaudit",
)


# Whoever calls either part needs credentials of the server that has it.
_OF_EITHER = ("powerauth.integration",)
# All that these apps have is for devices or messages.
_APPS_ON_PUSH_SERVER = ("inbox", "push")


def models_elsewhere() -> tuple[str, ...]:
    """Give the models whose rows live on another server, by app and name in small letters."""
    found = list(_ON_POWERAUTH_SERVER) if settings.POWERAUTH_SERVICE_URL else []
    if settings.PUSH_SERVICE_URL:
        for name in _APPS_ON_PUSH_SERVER:
            found += [model._meta.label_lower for model in apps.get_app_config(name).get_models()]
    if settings.POWERAUTH_SERVICE_URL and settings.PUSH_SERVICE_URL:
        found += _OF_EITHER
    return tuple(found)


def notes() -> list[str]:
    """Say what lives elsewhere, and where, to whoever looks for it here."""
    found = []
    if settings.POWERAUTH_SERVICE_URL:
        text = _(
            "Activations, applications, operations with their templates, callbacks and signatures "
            "are on the PowerAuth Server at %(url)s, and so are their pages."
        )
        found.append(text % {"url": settings.POWERAUTH_SERVICE_URL})
    if settings.PUSH_SERVICE_URL:
        text = _(
            "Devices, messages and the credentials of push providers are on the Push Server at "
            "%(url)s, and so are their pages."
        )
        found.append(text % {"url": settings.PUSH_SERVICE_URL})
    return found
