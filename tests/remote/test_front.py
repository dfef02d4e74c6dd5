"""What a server in front publishes, and what its back office shows and says."""

from collections.abc import Iterator

import pytest
import requests
from django.apps import apps
from django.contrib import admin
from django.test import Client
from pytest_django.fixtures import Settings

from activation.models import SpawnRule
from enrollment_server.backoffice.elsewhere import models_elsewhere
from powerauth.phone.phone import Phone
from tests import wsgi
from tests.admin.office import client_of, text_of
from tests.bank import Bank
from tests.house.commands import manage
from tests.remote.in_process import URL

SCRIPT = """
from django.contrib import admin
from django.urls import resolve
for path in ("/pa/v3/status", "/rest/v3/status", "/rest/v3/operation/list", "/inbox/messages",
             "/api/auth/token/app/operation/list", "/admin/"):
    print(path, resolve(path).view_name != "enrollment_server.backoffice.errors.not_found")
print(",".join(sorted(model._meta.label_lower for model in admin.site._registry)))
"""
ENVIRONMENT = {
    "DATABASE_URL": "sqlite:///:memory:",
    "POWERAUTH_SERVICE_URL": "https://powerauth.bank.example/rest",
}


def test_engine_is_published_by_the_server_that_has_it() -> None:
    result = manage("shell", "-v", "0", "-c", SCRIPT, environment=ENVIRONMENT)
    assert result.returncode == 0, result.stderr
    *paths, registered = result.stdout.splitlines()
    assert [line.split()[1] for line in paths] == ["True", "False", "False", "True", "True", "True"]
    labels = registered.split(",")
    assert "powerauth.activation" not in labels and "operations.operation" not in labels
    assert {"operations.formtemplate", "activation.spawnrule", "auth.user"} <= set(labels)


def test_settings_and_migrations_are_sound_without_the_engine() -> None:
    result = manage("check", environment=ENVIRONMENT)
    assert result.returncode == 0, result.stderr


@pytest.fixture
def front(db: None, called: list[str]) -> Iterator[list[str]]:
    """A back office without the pages of what lives elsewhere."""
    whole = dict(admin.site._registry)
    for label in models_elsewhere():
        admin.site.unregister(apps.get_model(label))
    yield called
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
    assert front == ["application/list"] * 2


def test_device_follows_what_the_other_server_says(
    front: list[str], alice: Phone, settings: Settings
) -> None:
    assert alice.register_push("token", platform="apns").ok
    assert "activation/status" in front
    assert not SpawnRule.objects.exists()
