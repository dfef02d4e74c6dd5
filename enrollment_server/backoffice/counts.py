"""How many rows a list has, in words: each language declines the noun with the number."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

_COUNTED: dict[str, Any] = {
    "activation.spawnaudit": ngettext_lazy(
        "%(count)d spawned activation", "%(count)d spawned activations", "count"
    ),
    "activation.spawnrule": ngettext_lazy("%(count)d spawn rule", "%(count)d spawn rules", "count"),
    "auth.group": ngettext_lazy("%(count)d group", "%(count)d groups", "count"),
    "auth.user": ngettext_lazy("%(count)d user", "%(count)d users", "count"),
    "inbox.inboxmessage": ngettext_lazy("%(count)d message", "%(count)d messages", "count"),
    "operations.formtemplate": ngettext_lazy(
        "%(count)d form template", "%(count)d form templates", "count"
    ),
    "operations.operation": ngettext_lazy("%(count)d operation", "%(count)d operations", "count"),
    "operations.operationtemplate": ngettext_lazy(
        "%(count)d operation template", "%(count)d operation templates", "count"
    ),
    "powerauth.activation": ngettext_lazy("%(count)d activation", "%(count)d activations", "count"),
    "powerauth.application": ngettext_lazy(
        "%(count)d application", "%(count)d applications", "count"
    ),
    "powerauth.applicationversion": ngettext_lazy(
        "%(count)d version", "%(count)d versions", "count"
    ),
    "powerauth.auditrecord": ngettext_lazy("%(count)d change", "%(count)d changes", "count"),
    "powerauth.callback": ngettext_lazy("%(count)d callback", "%(count)d callbacks", "count"),
    "powerauth.callbackevent": ngettext_lazy(
        "%(count)d callback event", "%(count)d callback events", "count"
    ),
    "powerauth.integration": ngettext_lazy(
        "%(count)d integration", "%(count)d integrations", "count"
    ),
    "powerauth.signatureaudit": ngettext_lazy(
        "%(count)d signature", "%(count)d signatures", "count"
    ),
    "push.pushappcredentials": ngettext_lazy(
        "%(count)d application with push credentials",
        "%(count)d applications with push credentials",
        "count",
    ),
    "push.pushcampaign": ngettext_lazy("%(count)d campaign", "%(count)d campaigns", "count"),
    "push.pushdevice": ngettext_lazy("%(count)d device", "%(count)d devices", "count"),
    "push.pushmessage": ngettext_lazy("%(count)d push message", "%(count)d push messages", "count"),
    "staff.failedlogins": ngettext_lazy(
        "%(count)d account or address", "%(count)d accounts or addresses", "count"
    ),
    "staff.provideraccount": ngettext_lazy(
        "%(count)d provider account", "%(count)d provider accounts", "count"
    ),
    "staff.secondfactor": ngettext_lazy(
        "%(count)d second factor", "%(count)d second factors", "count"
    ),
}


def is_counted(model: type[Model]) -> bool:
    """Tell whether there is a noun for the rows of a model."""
    return model._meta.label_lower in _COUNTED


def row_count(model: type[Model], number: int, *, limit: int | None = None) -> str:
    """Say how many rows of a model there are.

    Args:
        limit: where counting stopped.
    """
    text = _COUNTED.get(model._meta.label_lower)
    told = text % {"count": number} if text else _("Rows: %(count)d") % {"count": number}
    return _("%(rows)s or more") % {"rows": told} if number == limit else str(told)
