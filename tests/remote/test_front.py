"""What a server in front publishes, and what its back office shows and says."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from activation.models import SpawnRule
from enrollment_server.backoffice.elsewhere import models_elsewhere
from inbox.admin.writing import send
from powerauth.phone.phone import Phone
from tests import wsgi
from tests.admin.office import client_of, text_of
from tests.bank import Bank
from tests.house.commands import manage
from tests.remote.in_process import PUSH_URL, URL

SCRIPT = """
from django.contrib import admin
from django.urls import resolve
for path in {paths}:
    print(path, resolve(path).view_name != "enrollment_server.backoffice.errors.not_found")
print(",".join(sorted(model._meta.label_lower for model in admin.site._registry)))
"""
PHONES = (
    "/pa/v3/status",
    "/api/auth/token/app/operation/list",
    "/api/push/device/register",
    "/api/inbox/count",
    "/admin/",
)
ENGINE = (
    *("/rest/v3/status", "/rest/v3/operation/list"),
    *("/rest/v4/status", "/rest/v4/operation/list", "/rest/v4/auth/verify"),
)
PUSH = ("/push/device/create", "/push/service/status", "/inbox/messages", "/inbox/messages/list")
POWERAUTH_ELSEWHERE = {"POWERAUTH_SERVICE_URL": "https://powerauth.bank.example/rest"}
PUSH_ELSEWHERE = {"PUSH_SERVICE_URL": "https://push.bank.example/powerauth-push-server"}


def _published(environment: dict[str, str]) -> tuple[set[str], set[str]]:
    """Give the paths that a server publishes, and the models that its back office shows."""
    script = SCRIPT.format(paths=(*PHONES, *ENGINE, *PUSH))
    result = manage("shell", "-v", "0", "-c", script, environment=environment)
    assert result.returncode == 0, result.stderr
    *paths, registered = result.stdout.splitlines()
    found = {
        path for path, _, answer in (line.partition(" ") for line in paths) if answer == "True"
    }
    return found, set(registered.split(","))


@pytest.mark.parametrize(
    ("elsewhere", "paths", "shown", "hidden"),
    [
        (
            {},
            {*ENGINE, *PUSH},
            {"powerauth.activation", "push.pushdevice", "inbox.inboxmessage"},
            set(),
        ),
        (
            POWERAUTH_ELSEWHERE,
            set(PUSH),
            {"push.pushdevice", "inbox.inboxmessage", "powerauth.integration"},
            {"powerauth.activation", "operations.operation"},
        ),
        (
            PUSH_ELSEWHERE,
            set(ENGINE),
            {"powerauth.activation", "operations.operation", "powerauth.integration"},
            {"push.pushdevice", "inbox.inboxmessage"},
        ),
        (
            {**POWERAUTH_ELSEWHERE, **PUSH_ELSEWHERE},
            set(),
            set(),
            {"powerauth.activation", "operations.operation", "powerauth.integration"},
        ),
    ],
    ids=["embedded", "remote engine", "remote push", "both remote"],
)
def test_each_part_is_published_by_the_server_that_has_it(
    elsewhere: dict[str, str], paths: set[str], shown: set[str], hidden: set[str]
) -> None:
    environment = {"DATABASE_URL": "sqlite:///:memory:", **elsewhere}
    published, registered = _published(environment)
    assert published == {*PHONES, *paths}
    everywhere = {"operations.formtemplate", "activation.spawnrule", "auth.user"}
    assert registered >= shown | everywhere
    assert not registered & hidden
    if PUSH_ELSEWHERE.items() <= elsewhere.items():
        assert not [label for label in registered if label.startswith(("push.", "inbox."))]
    checked = manage("check", environment=environment)
    assert checked.returncode == 0, checked.stderr


@pytest.fixture
def front(db: None, called: list[str]) -> Iterator[list[str]]:
    """A back office without the pages of what lives elsewhere."""
    with _pages_of_what_is_here():
        yield called


@pytest.fixture
def push_front(db: None, pushed: list[str]) -> Iterator[list[str]]:
    with _pages_of_what_is_here():
        yield pushed


@contextmanager
def _pages_of_what_is_here() -> Iterator[None]:
    whole = dict(admin.site._registry)
    for model in map(apps.get_model, models_elsewhere()):
        if admin.site.is_registered(model):
            admin.site.unregister(model)
    yield
    admin.site._registry.clear()
    admin.site._registry.update(whole)


def test_back_office_says_what_lives_elsewhere(
    front: list[str], bank: Bank, alice: Phone, django_user_model: type
) -> None:
    bank.operation("alice")
    chief = client_of(django_user_model.objects.create_superuser("chief"))  # type: ignore[attr-defined] # Django's user
    page = chief.get("/admin/")
    assert page.context["figures"] == [] and page.context["charts"] == []
    text = text_of(page.content)
    assert f"on the PowerAuth Server at {URL}" in text
    assert "Form templates" in text and "Callback events" not in text
    assert chief.get("/admin/customer/alice/").status_code == 404
    assert chief.get("/admin/find/?q=alice").status_code == 200


def test_back_office_says_where_devices_and_messages_live(
    push_front: list[str], bank: Bank, alice: Phone, django_user_model: type
) -> None:
    bank.operation("alice")
    chief = client_of(django_user_model.objects.create_superuser("chief"))  # type: ignore[attr-defined] # Django's user
    text = text_of(chief.get("/admin/").content)
    assert f"on the Push Server at {PUSH_URL}" in text
    assert "PowerAuth Server at" not in text
    assert "Activations" in text
    customer = chief.get("/admin/customer/alice/")
    shown = [section.title for section in customer.context["sections"]]
    assert shown == ["Operations", "Activations"]
    assert push_front == []


def test_messages_are_written_for_applications_of_the_other_server(
    front: list[str], bank: Bank, django_user_model: type
) -> None:
    chief: Client = client_of(django_user_model.objects.create_superuser("chief"))  # type: ignore[attr-defined] # Django's user
    page = chief.get("/admin/inbox/inboxmessage/add/")
    assert bank.application.id in text_of(page.content)
    assert front == ["application/list"]


def test_back_ends_read_messages_for_applications_of_the_other_server(
    front: list[str], bank: Bank, http: requests.Session
) -> None:
    asked = {"userId": "alice", "appId": bank.application.id, "applications": bank.application.id}
    for path in ("count", "list"):
        answer = http.get(f"{wsgi.BASE_URL}/inbox/messages/{path}", params=asked)
        assert answer.status_code == 200, answer.text
    assert front == []


def test_device_follows_what_the_other_server_says(
    front: list[str], alice: Phone, settings: Settings
) -> None:
    assert alice.register_push("token", platform="apns").ok
    assert "activation/status" in front
    assert not SpawnRule.objects.exists()


def test_message_is_written_with_one_question_about_its_applications(
    front: list[str], bank: Bank, http: requests.Session
) -> None:
    letter = {
        "type": "text",
        "subject": "Your card",
        "summary": "It is on its way",
        "body": "Dear customer, expect it on Monday.",
        "applications": [bank.application.id],
    }
    written = {"requestObject": {**letter, "userId": "alice"}}
    answer = http.post(f"{wsgi.BASE_URL}/inbox/messages", json=written)
    assert answer.status_code == 200, answer.text
    assert front == ["application/list"]
    front.clear()
    users = [f"user-{number}" for number in range(5)]
    sent = send({**letter, "notify": False}, users, at=timezone.now())
    assert [message.user_id for message in sent] == users
    assert front == ["application/list"]
