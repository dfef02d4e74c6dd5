"""Sessions end by themselves, and at once when their user changes."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.staff.people import audit, browser, is_in, person, type_password


@pytest.fixture
def client(db: None, settings: Settings) -> Client:
    settings.STAFF_SESSION_IDLE_S = 900
    settings.STAFF_SESSION_MAX_S = 3600
    person()
    client = browser()
    type_password(client)
    assert is_in(client)
    return client


def move(client: Client, **marks: float) -> None:
    """Move marks of the session into the past."""
    session = client.session
    for name, seconds in marks.items():
        session[f"staff_{name}"] -= seconds
    session.save()


def test_login_and_logout_are_recorded(client: Client) -> None:
    client.post("/admin/logout/")
    assert not is_in(client)
    (first, *_, last) = audit()
    assert first == (
        "admin/login",
        "OK",
        {"user": "clerk", "method": "password", "address": "192.0.2.1"},
    )
    assert last == ("admin/logout", "OK", {"user": "clerk", "reason": "asked"})


@pytest.mark.parametrize(
    ("marks", "reason"),
    [({"seen": 901}, "idle"), ({"since": 3601}, "too long")],
)
def test_a_session_ends_by_itself(client: Client, marks: dict[str, float], reason: str) -> None:
    key = client.session.session_key
    move(client, **marks)
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/admin/login/")
    assert b"Your session has ended." in answer.content
    assert not Session.objects.filter(session_key=key).exists()
    assert audit()[-1][0::2] == (
        "admin/logout",
        {"user": "clerk", "reason": reason, "address": "192.0.2.1"},
    )


def test_who_works_stays_but_not_for_ever(client: Client) -> None:
    for _ in range(5):
        move(client, seen=600, since=600)
        assert is_in(client)
    move(client, since=601)
    assert not is_in(client)


def test_an_idle_page_that_is_asked_again_at_once_is_not_written(client: Client) -> None:
    before = client.session["staff_seen"]
    assert is_in(client)
    assert client.session["staff_seen"] == before
    move(client, seen=60)
    assert is_in(client)
    assert time.time() - client.session["staff_seen"] < 30


def test_the_api_of_the_back_office_ends_sessions_as_well(
    client: Client, settings: Settings
) -> None:
    settings.ADMIN_API_ENABLED = True
    assert client.get("/api/admin/template").status_code == 200
    move(client, seen=901)
    assert client.get("/api/admin/template").status_code == 401


@pytest.mark.parametrize("columns", [{"password": "!"}, {"is_active": False}, {"is_staff": False}])
def test_a_session_ends_with_password_or_person(client: Client, columns: dict[str, Any]) -> None:
    User.objects.filter(username="clerk").update(**columns)
    assert not is_in(client)


def test_a_session_from_before_the_second_factor_was_asked_for_ends(
    client: Client, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = "password"
    assert not is_in(client)
    assert audit()[-1][2]["reason"] == "no second factor"


def test_old_sessions_are_deleted(client: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    call_command("prune", verbosity=0)
    assert not Session.objects.exists()


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/pa/v3/status", "/api/inbox/count"])
def test_requests_of_phones_do_not_read_sessions(
    client: Client, path: str, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object, *args: object) -> None:
        raise AssertionError("a session was read")

    assert client.cookies["sessionid"].value
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", refuse)
    client.get(path)
    client.post(path, {}, content_type="application/json")
