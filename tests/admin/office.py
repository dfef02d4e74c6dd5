"""Who works in the back office, and the pages that it has."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

_NOT_SHOWN = re.compile(
    r"""<(script|style|template)\b.*?</\1>|<(?:[^>"']|"[^"]*"|'[^']*')*>""", re.DOTALL
)


def text_of(page: bytes) -> str:
    """Give what a page shows, without its markup."""
    return " ".join(unescape(_NOT_SHOWN.sub("", page.decode())).split())


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="testserver")
    client.force_login(user)
    return client


def staff(name: str, *permissions: str) -> Client:
    """Give the browser of somebody with permissions such as `operations.view_operation`."""
    user = User.objects.create_user(name, is_staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return client_of(user)


def notices(answer: Any) -> list[str]:
    """Give the messages that a request has left for the next page."""
    storage: Any = get_messages(answer.wsgi_request)
    # Those of earlier requests are there as well, as long as no page has shown them.
    return [str(message) for message in storage._queued_messages]


def pages() -> Iterator[str]:
    """Give the address of every page of the back office that has something to show."""
    yield reverse("admin:index")
    for model, model_admin in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"admin:{name}_changelist")
        yield reverse(f"admin:{name}_add")
        for row in model._default_manager.all()[:5]:
            for suffix in ("change", "delete", "history"):
                yield reverse(f"admin:{name}_{suffix}", args=[row.pk])
            for action in getattr(model_admin, "actions_detail", ()):
                yield reverse(f"admin:{name}_{action}", args=[row.pk])
