"""What the back office does with callbacks and their events: integration-api.md 11."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from powerauth.engine.callbacks import callback_authentication, callbacks
from powerauth.engine.callbacks.callback_authentication import (
    Authentication,
    Certificate,
    HttpBasic,
)
from powerauth.engine.callbacks.callbacks import Configuration
from powerauth.models import AuditRecord, Callback, CallbackEvent, CallbackEventState, CallbackType
from tests.admin.office import notices, staff
from tests.bank import Bank

CALLBACKS = "/admin/powerauth/callback/"
EVENTS = "/admin/powerauth/callbackevent/"
VIEW = "powerauth.view_callback"
CHANGE = "powerauth.change_callback"
PASSWORD = "password-that-nobody-may-see"


@pytest.fixture
def callback(bank: Bank) -> Callback:
    configuration = Configuration(
        name="core",
        type=CallbackType.OPERATION_STATUS_CHANGE,
        url="https://core.bank.example/",
        attributes=["userId", "ofTomorrow"],
        authentication=Authentication(
            http_basic=HttpBasic(enabled=True, username="pa", password=PASSWORD)
        ),
        initial_backoff=timedelta(seconds=2.5),
        retention=timedelta(days=0.5),
    )
    return callbacks.create(bank.application.id, configuration, at=timezone.now()).callback


def secret_of(callback: Callback) -> str:
    callback.refresh_from_db()
    return callbacks.signing_secret_text(callbacks.signing_secret_of(callback))


def kept_by(callback: Callback) -> Authentication:
    return callbacks.authentication_of(Callback.objects.get(pk=callback.pk))


def event_of(callback: Callback, state: CallbackEventState, **values: Any) -> CallbackEvent:
    at = timezone.now()
    return CallbackEvent.objects.create(
        callback=callback,
        payload={"type": "OPERATION", "operationId": "op-1", "userId": "<alice>"},
        state=state,
        **{"next_attempt_at": at, "created_at": at, **values},
    )


def answers(page: Any, **changed: str) -> dict[str, Any]:
    """Give what the form on a page would send, with some of its fields changed."""
    form = page.context["form"]
    values = {field.name: field.value() for field in form}
    return {name: value for name, value in values.items() if value not in (None, False)} | changed


def test_a_callback_is_created_with_its_secret_shown(bank: Bank) -> None:
    client = staff("some", VIEW, "powerauth.add_callback")
    values = {
        "application_id": bank.application.id,
        "name": "core",
        "type": "ACTIVATION_STATUS_CHANGE",
        "url": "https://core.bank.example/",
        "attributes": ["userId", "platform"],
        "retention_d": "1.5",
        "oauth2__enabled": "on",
        "oauth2__token_uri": "https://login.bank.example/token",
        "oauth2__client_id": "pa",
        "oauth2__client_secret": PASSWORD,
    }
    answer = client.post(f"{CALLBACKS}add/", values)
    made = Callback.objects.get()
    assert secret_of(made) in answer.content.decode()
    assert (made.application_id, made.attributes) == (bank.application.id, ["userId", "platform"])
    assert (made.retention_s, made.max_attempts) == (129_600, None)
    oauth2 = callbacks.authentication_of(made).oauth2
    assert (oauth2.enabled, oauth2.client_secret, oauth2.scope) == (True, PASSWORD, None)
    assert LogEntry.objects.filter(object_id=str(made.pk)).count() == 1
    for page in ("", f"{made.pk}/change/", f"{made.pk}/history/"):
        text = client.get(f"{CALLBACKS}{page}").content.decode()
        assert secret_of(made) not in text and PASSWORD not in text


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"url": "ftp://bank.example/"}, "A URL is not one that may be called."),
        ({"http_basic__enabled": "on"}, "A value is missing or too long."),
    ],
)
def test_what_the_engine_refuses_is_said_in_the_form(
    chief: Client, bank: Bank, changed: dict[str, str], text: str
) -> None:
    values = {
        "application_id": bank.application.id,
        "name": "core",
        "type": "ACTIVATION_STATUS_CHANGE",
        "url": "https://core.bank.example/",
        **changed,
    }
    form = chief.post(f"{CALLBACKS}add/", values).context["form"]
    assert form.non_field_errors() == [text]
    assert not Callback.objects.exists()


@pytest.mark.parametrize(("typed", "kept"), [("", PASSWORD), ("other", "other")])
def test_an_edit_changes_what_was_changed(callback: Callback, typed: str, kept: str) -> None:
    client = staff("some", VIEW, CHANGE)
    Callback.objects.update(enabled=False, failures=3)
    path = f"{CALLBACKS}{callback.pk}/edit/"
    page = client.get(path)
    assert PASSWORD not in page.content.decode()
    values = answers(page, name="new", http_basic__password=typed)
    assert client.post(path, values).status_code == HTTPStatus.FOUND
    before = callback
    after = Callback.objects.get()
    assert (after.name, after.enabled, after.failures) == ("new", False, 0)
    same = ("url", "type", "attributes", "initial_backoff_ms", "retention_s", "max_attempts")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    http_basic = callbacks.authentication_of(after).http_basic
    assert (http_basic.enabled, http_basic.username, http_basic.password) == (True, "pa", kept)


def test_an_edit_sends_stored_credentials_to_no_other_host(callback: Callback) -> None:
    client = staff("some", VIEW, CHANGE)
    path = f"{CALLBACKS}{callback.pk}/edit/"
    page = client.get(path)
    assert "all stored credentials are dropped" in page.content.decode()
    moved = answers(page, url="https://evil.example/")
    refused = client.post(path, moved)
    assert list(refused.context["form"].errors) == ["http_basic__password"]
    assert Callback.objects.get().url == callback.url
    assert kept_by(callback).http_basic.password == PASSWORD

    answer = client.post(path, {**moved, "http_basic__password": "typed"})
    assert answer.status_code == HTTPStatus.FOUND
    assert Callback.objects.get().url == "https://evil.example/"
    assert kept_by(callback).http_basic.password == "typed"


def test_an_edit_drops_credentials_that_are_switched_off(callback: Callback) -> None:
    client = staff("some", VIEW, CHANGE)
    path = f"{CALLBACKS}{callback.pk}/edit/"
    moved = answers(client.get(path), oauth2__token_uri="https://evil.example/token")
    del moved["http_basic__enabled"]
    assert notices(client.post(path, moved)) == [
        "Its address has changed: credentials that you did not enter were dropped."
    ]
    assert callback_authentication.secrets_in(kept_by(callback)) == []
    record = AuditRecord.objects.order_by("-sequence")[0]
    assert json.loads(record.before)["credentials"] == ["http_basic.password"]
    assert json.loads(record.after)["credentials"] == []


@pytest.mark.parametrize(
    ("password", "typed", "asked"),
    [
        ("of-store", {}, ["certificate__key_store_password", "certificate__key_store_location"]),
        ("of-store", {"certificate__key_store_password": "of-store"}, []),
        (None, {}, ["certificate__key_store_location"]),
        (None, {"certificate__key_store_location": "another.pem"}, []),
    ],
)
def test_an_edit_shows_a_stored_certificate_to_no_other_host(
    callback: Callback, password: str | None, typed: dict[str, str], asked: list[str]
) -> None:
    certificate = Certificate(
        enabled=True,
        use_custom_key_store=True,
        key_store_location="client.pem",
        key_store_password=password,
    )
    sealed = callback_authentication.seal(Authentication(certificate=certificate), callback)
    Callback.objects.update(authentication=sealed)
    client = staff("some", VIEW, CHANGE)
    path = f"{CALLBACKS}{callback.pk}/edit/"
    answer = client.post(path, answers(client.get(path), url="https://evil.example/", **typed))
    errors = list(answer.context["form"].errors) if asked else []
    assert errors == asked
    assert (Callback.objects.get().url == callback.url) == bool(asked)


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ({}, "enabled"),
        ({"enabled": False, "failures": 1}, "disabled"),
        ({"failures": 1}, "failing"),
        ({"failures": 200, "open_until": timedelta(minutes=1)}, "paused after failures"),
        ({"failures": 200, "open_until": timedelta(minutes=-1)}, "failing"),
    ],
)
def test_the_condition_of_a_callback_is_shown(
    chief: Client, callback: Callback, values: dict[str, Any], label: str
) -> None:
    if "open_until" in values:
        values = {**values, "open_until": timezone.now() + values["open_until"]}
    Callback.objects.update(**values)
    text = chief.get(f"{CALLBACKS}{callback.pk}/change/").content.decode()
    assert label in text
    others = {"paused after failures", "failing"} - {label}
    assert not [other for other in others if other in text]


def test_callbacks_are_switched_off_and_on(callback: Callback) -> None:
    client = staff("some", VIEW, CHANGE)
    Callback.objects.update(failures=200, open_until=timezone.now())
    for action, enabled in (("disable", False), ("enable", True)):
        page = f"{CALLBACKS}{callback.pk}/{action}/"
        assert b"Do you want" in client.get(page).content
        said = notices(client.post(page, {"confirmed": "yes"}))
        assert said == [f"{action.title()}: 1 row."]
        callback.refresh_from_db()
        assert (callback.enabled, callback.failures, callback.open_until) == (enabled, 0, None)


def test_the_signing_secret_is_shown_and_renewed_with_permission(callback: Callback) -> None:
    old = secret_of(callback)
    viewer = staff("viewer", VIEW, "powerauth.view_signing_secret")
    renewer = staff("renewer", VIEW, "powerauth.renew_signing_secret")
    assert old in viewer.get(f"{CALLBACKS}{callback.pk}/secret/").content.decode()
    assert viewer.post(f"{CALLBACKS}{callback.pk}/renew/", {"confirmed": "yes"}).status_code == 403
    assert renewer.get(f"{CALLBACKS}{callback.pk}/secret/").status_code == 403
    renewer.post(f"{CALLBACKS}{callback.pk}/renew/")
    assert secret_of(callback) == old
    renewer.post(f"{CALLBACKS}{callback.pk}/renew/", {"confirmed": "yes"})
    assert secret_of(callback) != old
    assert secret_of(callback) in viewer.get(f"{CALLBACKS}{callback.pk}/secret/").content.decode()


@pytest.mark.parametrize("action", ["edit", "enable", "disable", "secret", "renew", "events"])
def test_who_may_only_look_does_nothing(callback: Callback, action: str) -> None:
    client = staff("some", VIEW)
    page = f"{CALLBACKS}{callback.pk}/{action}/"
    assert client.post(page, {"confirmed": "yes"}).status_code == HTTPStatus.FORBIDDEN
    assert client.get(f"{CALLBACKS}add/").status_code == HTTPStatus.FORBIDDEN
    assert client.get(EVENTS).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("action", ["edit", "secret"])
def test_permissions_do_not_replace_that_to_view(callback: Callback, action: str) -> None:
    client = staff("some", CHANGE.replace("change_", "add_"), "powerauth.view_signing_secret")
    page = f"{CALLBACKS}{callback.pk}/{action}/"
    assert client.get(page).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state__exact": "FAILED"}, ["HTTP 500"]),
        ({"state__exact": "PENDING"}, ["none"]),
        ({"callback_id": "this"}, ["none", "HTTP 500"]),
        ({"callback_id": "other"}, []),
        ({"callback_id": "x"}, ["none", "HTTP 500"]),
        ({"recent": "hour"}, ["none"]),
        ({"q": "this"}, ["none"]),
    ],
)
def test_events_are_filtered_without_counting(
    chief: Client, callback: Callback, asked: dict[str, str], found: list[str]
) -> None:
    newer = event_of(callback, CallbackEventState.PENDING, last_error="none")
    past = timezone.now() - timedelta(days=1)
    event_of(callback, CallbackEventState.FAILED, last_error="HTTP 500", created_at=past)
    other = callbacks.create(
        callback.application_id,
        Configuration(name="other", type=CallbackType.OPERATION_STATUS_CHANGE, url=callback.url),
        at=past,
    ).callback
    this = newer.pk if "q" in asked else callback.pk
    ids = {"this": str(this), "other": str(other.pk)}
    query = {name: ids.get(value, value) for name, value in asked.items()}
    with CaptureQueriesContext(connection) as captured:
        page = chief.get(EVENTS, query)
    assert [row.last_error for row in page.context["cl"].result_list] == found
    counts = [query["sql"] for query in captured.captured_queries if "COUNT(" in query["sql"]]
    assert all("LIMIT 10000" in sql for sql in counts)


def test_events_of_a_callback_are_one_step_away(chief: Client, callback: Callback) -> None:
    answer = chief.get(f"{CALLBACKS}{callback.pk}/events/")
    assert answer["Location"] == f"{EVENTS}?callback_id={callback.pk}"


def test_the_content_of_an_event_is_shown_as_text(chief: Client, callback: Callback) -> None:
    event = event_of(callback, CallbackEventState.COMPLETED)
    text = chief.get(f"{EVENTS}{event.pk}/change/").content.decode()
    assert "&lt;alice&gt;" in text and "<alice>" not in text


@pytest.mark.parametrize("state", list(CallbackEventState))
def test_finished_events_are_sent_again(callback: Callback, state: CallbackEventState) -> None:
    client = staff("some", "powerauth.view_callbackevent", "powerauth.replay_callbackevent")
    event = event_of(callback, state, attempts=5, last_error="HTTP 500")
    page = f"{EVENTS}{event.pk}/replay/"
    client.post(page)
    event.refresh_from_db()
    assert (event.state, event.attempts) == (state, 5)
    said = notices(client.post(page, {"confirmed": "yes"}))
    event.refresh_from_db()
    if state in ("COMPLETED", "FAILED"):
        assert said == ["Send again: 1 row."]
        assert (event.state, event.attempts, event.last_error) == ("PENDING", 0, "")
    else:
        assert said == [f"{event.pk}: It is waiting to be sent anyway."]
        assert (event.state, event.attempts) == (state, 5)


def test_sending_again_needs_its_permission(callback: Callback) -> None:
    client = staff("some", "powerauth.view_callbackevent", "powerauth.change_callbackevent")
    event = event_of(callback, CallbackEventState.FAILED)
    page = f"{EVENTS}{event.pk}/replay/"
    assert client.post(page, {"confirmed": "yes"}).status_code == HTTPStatus.FORBIDDEN
    rows = {"action": "replay", "_selected_action": [str(event.pk)], "confirmed": "yes"}
    client.post(EVENTS, rows)
    event.refresh_from_db()
    assert event.state == CallbackEventState.FAILED
