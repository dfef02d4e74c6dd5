"""The sidebar of the back office, where nobody sees what they may not open, and its icon."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment_server.backoffice.elsewhere import models_elsewhere

# Title of a group, and its entries: model, title, icon.
_GROUPS = (
    (
        _("Customers"),
        (
            ("operations.operation", _("Operations"), "task_alt"),
            ("powerauth.activation", _("Activations"), "smartphone"),
            ("inbox.inboxmessage", _("Messages"), "mail"),
            ("push.pushdevice", _("Devices"), "notifications"),
            ("push.pushmessage", _("Push messages"), "send_to_mobile"),
            ("push.pushcampaign", _("Campaigns"), "campaign"),
        ),
    ),
    (
        _("What phones show"),
        (
            ("operations.formtemplate", _("Form templates"), "text_snippet"),
            ("operations.operationtemplate", _("Operation templates"), "schema"),
        ),
    ),
    (
        _("Set-up"),
        (
            ("powerauth.application", _("Applications"), "apps"),
            ("powerauth.applicationversion", _("Versions"), "deployed_code"),
            ("activation.spawnrule", _("Spawn rules"), "rule"),
            ("powerauth.integration", _("Integrations"), "key"),
            ("powerauth.callback", _("Callbacks"), "webhook"),
            ("push.pushappcredentials", _("Push credentials"), "vpn_key"),
        ),
    ),
    (
        _("Audit"),
        (
            ("powerauth.auditrecord", _("Changes"), "manage_history"),
            ("powerauth.signatureaudit", _("Signatures"), "fingerprint"),
            ("powerauth.callbackevent", _("Callback events"), "outbox"),
            ("activation.spawnaudit", _("Spawned activations"), "history"),
        ),
    ),
    (
        _("People"),
        (
            ("auth.user", _("Users"), "person"),
            ("auth.group", _("Groups"), "group"),
            ("staff.secondfactor", _("Second factors"), "phonelink_lock"),
            ("staff.failedlogins", _("Failed logins"), "lock_clock"),
            ("staff.provideraccount", _("Provider accounts"), "badge"),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Give the groups of links in the form that django-unfold reads."""
    home = {"title": _("Dashboard"), "icon": "dashboard", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"title": None, "items": [home]}]
    elsewhere = models_elsewhere()
    for title, entries in _GROUPS:
        items = [
            _item(model, text, icon) for model, text, icon in entries if model not in elsewhere
        ]
        groups.append({"title": title, "separator": True, "items": items})
    return groups


def favicon(request: HttpRequest) -> str:
    """Give the address of the picture on the tab of the browser."""
    return static("backoffice/favicon.svg")


def _item(model: str, title: Any, icon: str) -> dict[str, Any]:
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse(f"admin:{app}_{name}_changelist"),
        "permission": _may_view(app, name),
    }


def _may_view(app: str, name: str) -> Callable[[HttpRequest], bool]:
    def may_view(request: HttpRequest) -> bool:
        wanted = (f"{app}.view_{name}", f"{app}.change_{name}")
        return any(request.user.has_perm(permission) for permission in wanted)

    return may_view
