"""Credentials of back ends over HTTP."""

from uuid import UUID

import pytest
import requests
from pytest_django import Settings

from powerauth.engine.applications import integrations
from powerauth.models import Integration
from tests.api.integration.back_end import ok, post, refused

pytestmark = pytest.mark.django_db

NIL = "00000000-0000-4000-8000-000000000000"


@pytest.mark.main_path
def test_create_gives_credentials(http: requests.Session) -> None:
    answer = ok(http, "integration/create", name="Core banking")

    assert set(answer) == {"id", "name", "clientToken", "clientSecret"}
    assert answer["name"] == "Core banking"
    assert len({UUID(answer[name]) for name in ("id", "clientToken", "clientSecret")}) == 3
    row = Integration.objects.get()
    assert (str(row.id), row.name, row.client_token) == (
        answer["id"],
        "Core banking",
        answer["clientToken"],
    )
    assert answer["clientSecret"] not in row.client_secret_hash
    assert integrations.authenticate(answer["clientToken"], answer["clientSecret"]) == row


@pytest.mark.parametrize("name", [None, "", "n" * 256])
def test_create_refuses_name(http: requests.Session, name: str | None) -> None:
    assert refused(http, "integration/create", name=name) == "ERR0024"
    assert not Integration.objects.exists()


@pytest.mark.main_path
def test_list_tells_no_secret(http: requests.Session) -> None:
    assert ok(http, "integration/list") == {"restrictedAccess": False, "items": []}
    created = [ok(http, "integration/create", name=name) for name in ("b", "a", "a")]

    answer = ok(http, "integration/list")

    expected = [{**one, "clientSecret": None} for one in created]
    expected.sort(key=lambda one: (one["name"], one["id"]))
    assert answer == {"restrictedAccess": False, "items": expected}


@pytest.mark.main_path
def test_remove_locks_out(http: requests.Session, settings: Settings) -> None:
    first, second = (integrations.create(name) for name in ("first", "second"))
    settings.INTEGRATION_AUTH_REQUIRED = True

    def auth(of: integrations.NewIntegration) -> tuple[str, str]:
        return of.integration.client_token, of.client_secret

    http.auth = auth(second)
    gone = {"id": str(first.integration.id)}

    assert ok(http, "integration/list")["restrictedAccess"] is True
    assert ok(http, "integration/remove", **gone) == {**gone, "removed": True}
    assert ok(http, "integration/remove", **gone) == {**gone, "removed": False}
    assert Integration.objects.get() == second.integration
    assert post(http, "integration/list", {}).status_code == 200
    http.auth = auth(first)
    assert post(http, "integration/list", {}).status_code == 401


@pytest.mark.parametrize("integration_id", [NIL, "", "unknown"])
def test_remove_of_nothing(http: requests.Session, integration_id: str) -> None:
    integrations.create("kept")

    answer = ok(http, "integration/remove", id=integration_id)

    assert answer == {"id": integration_id, "removed": False}
    assert Integration.objects.count() == 1


def test_remove_needs_an_identifier(http: requests.Session) -> None:
    integrations.create("kept")

    assert refused(http, "integration/remove", id=None) == "ERR0024"
    assert Integration.objects.count() == 1
