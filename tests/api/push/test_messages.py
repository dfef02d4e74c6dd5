"""Messages as back ends send them: push-and-inbox.md 4."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from push.messages.values import PushMessage as Content
from push.models import PushChannel, PushDelivery, PushDevice, PushMessage
from push.outbox import waiting
from push.providers.values import Result, Target
from tests.api.push_server import EMPTY, NO_APP, malformed, post, refusal, result, send, violations
from tests.push.accounts import every_provider
from tests.push.outbox.providers import NO, SENT, FakeProvider, activation, device
from tests.wsgi import BASE_URL

SEND = "push/message/send"
BATCH = "push/message/batch/send"
NONE = {"sent": 0, "failed": 0, "pending": 0, "total": 0}
HELLO: dict[str, Any] = {"userId": "alice", "body": {"title": "Hello", "body": "There"}}
EVERYTHING: dict[str, Any] = {
    "userId": "alice",
    "activationId": activation(1),
    "priority": "NORMAL",
    "attributes": {"personal": True, "silent": True},
    "body": {
        "title": "Balance",
        "titleLocKey": "balance.title",
        "titleLocArgs": ["CZK"],
        "body": "745",
        "bodyLocKey": "balance.text",
        "bodyLocArgs": ["745", "CZK"],
        "badge": 0,
        "sound": "default",
        "icon": "ic_1",
        "category": "balance",
        "collapseKey": "balance",
        "validUntil": "2057-12-11T21:22:29.923Z",
        "extras": {"_comment": {"any": [1, 2.5, None, True]}, "nothing": None},
    },
}


@pytest.fixture(autouse=True)
def retail(db: None, settings: Settings) -> None:
    settings.PUSH_SYNCHRONOUS_TIMEOUT_S = 0
    every_provider("retail")


def message(**changes: object) -> dict[str, Any]:
    return {"appId": "retail", "message": {**HELLO, **changes}}


@contextmanager
def worker(provider: FakeProvider) -> Iterator[None]:
    """Send beside the block, as a worker does."""
    over = threading.Event()

    def work() -> None:
        with provider.dispatcher() as dispatcher:
            while not over.wait(0.05):
                dispatcher.turn()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


# --- Asynchronous --------------------------------------------------------------------------------


@pytest.mark.main_path
def test_an_asynchronous_call_stores_and_answers(http: requests.Session) -> None:
    device(1)
    request = {"appId": "retail", "mode": "ASYNCHRONOUS", "message": EVERYTHING}
    assert result(post(http, SEND, request)) == {"mode": "ASYNCHRONOUS"}
    row = PushMessage.objects.get()
    assert (row.application_id, row.user_id, row.source) == ("retail", "alice", "api")
    assert (row.personal, row.silent, row.priority) == (True, True, "NORMAL")
    assert row.valid_until is not None and row.valid_until.year == 2057
    stored = row.content["body"]
    assert stored.pop("validUntil").startswith("2057-12-11T21:22:29.923")
    told = {key: value for key, value in EVERYTHING["body"].items() if key != "validUntil"}
    assert stored == told
    assert PushDelivery.objects.get().state == "pending"


def test_a_message_for_one_activation(http: requests.Session) -> None:
    device(1)
    device(2)
    post(http, SEND, message(activationId=activation(2)))
    assert PushDelivery.objects.get().activation_id == activation(2)


def test_a_personal_message_skips_inactive_devices(http: requests.Session) -> None:
    device(1, is_active=False)
    answer = result(post(http, SEND, message(attributes={"personal": True})))
    assert answer["fcm"] == NONE
    assert result(post(http, SEND, message()))["fcm"]["total"] == 1


def test_a_batch_is_for_several_users_in_one_transaction(http: requests.Session) -> None:
    for number in range(3):
        device(number, user=f"user-{number}")
    batch = [{**HELLO, "userId": f"user-{number}"} for number in range(3)]
    request = {"appId": "retail", "batch": batch}
    assert result(post(http, BATCH, request))["fcm"] == {**NONE, "pending": 3, "total": 3}
    wrong = [*batch, {"userId": "alice"}]
    refused = post(http, BATCH, {"appId": "retail", "batch": wrong})
    assert refusal(refused) == (
        "ERROR_GENERIC",
        "Push message payload (body) must not be null.",
    )
    assert PushMessage.objects.count() == 3


# --- Synchronous ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_synchronous_call_waits_for_the_providers(
    http: requests.Session, settings: Settings
) -> None:
    settings.PUSH_SYNCHRONOUS_TIMEOUT_S = 20
    device(1)
    device(2)
    device(3, platform="hms")
    device(4, platform="apns", environment="production")

    def respond(content: Content, target: Target) -> Result:
        return NO if target.token == "token-2" else SENT

    with worker(FakeProvider(respond=respond)):
        answer = result(post(http, SEND, message()))
    assert answer == {
        "mode": "SYNCHRONOUS",
        "apns": {**NONE, "sent": 1, "total": 1},
        "fcm": {"sent": 1, "failed": 1, "pending": 0, "total": 2},
        "hms": {**NONE, "sent": 1, "total": 1},
    }
    assert list(answer) == ["mode", "apns", "fcm", "hms"]


def test_without_a_device_everything_is_zero(http: requests.Session) -> None:
    answer = result(post(http, SEND, message()))
    assert answer == {"mode": "SYNCHRONOUS", "apns": NONE, "fcm": NONE, "hms": NONE}


def test_names_for_clients_of_before(http: requests.Session, settings: Settings) -> None:
    settings.PUSH_COUNTER_NAMES = "1.9"
    device(1)
    answer = result(post(http, SEND, message()))
    assert list(answer) == ["mode", "ios", "android", "huawei"]
    assert answer["android"] == {**NONE, "pending": 1, "total": 1}


def test_devices_without_credentials_and_late_messages_count_as_failed(
    http: requests.Session, settings: Settings
) -> None:
    device(1, application_id="business")
    device(2)
    every_provider("business")
    PushChannel.objects.filter(application_id="business").update(enabled=False)
    settings.PUSH_SYNCHRONOUS_TIMEOUT_S = 20
    started = time.monotonic()
    answer = result(post(http, SEND, {**message(), "appId": "business"}))
    assert answer["fcm"] == {**NONE, "failed": 1, "total": 1}
    late = {**HELLO["body"], "validUntil": "2017-12-11T21:22:29.923Z"}
    assert result(post(http, SEND, message(body=late)))["fcm"] == {**NONE, "failed": 1, "total": 1}
    assert time.monotonic() - started < 10, "nobody waits for what is over"


def test_nobody_waits_for_a_provider_that_rests(http: requests.Session, settings: Settings) -> None:
    settings.PUSH_SYNCHRONOUS_TIMEOUT_S = 5
    device(1)
    rest = timezone.now() + timedelta(hours=1)
    PushChannel.objects.update(open_until=rest)
    with CaptureQueriesContext(connection) as captured:
        assert result(post(http, SEND, message()))["fcm"] == {**NONE, "pending": 1, "total": 1}
    looks = [q for q in captured.captured_queries if "push_pushdelivery" in q["sql"]]
    assert len(looks) == 3, "written, looked at once, counted"


def test_few_threads_of_a_process_wait(http: requests.Session, settings: Settings) -> None:
    settings.PUSH_SYNCHRONOUS_TIMEOUT_S = 20
    device(1)
    room = waiting._room()
    assert room.acquire(blocking=False)
    assert not room.acquire(blocking=False), "one of four threads"
    try:
        with CaptureQueriesContext(connection) as captured:
            assert result(post(http, SEND, message()))["fcm"]["pending"] == 1
        looks = [q for q in captured.captured_queries if "push_pushdelivery" in q["sql"]]
        assert len(looks) == 2, "written and counted"
    finally:
        room.release()


# --- Refusals ------------------------------------------------------------------------------------

UNKNOWN = "Application with given ID does not exist"
BODY = HELLO["body"]


@pytest.mark.parametrize(
    ("request_object", "text"),
    [
        ({"message": HELLO}, NO_APP[1]),
        ({"appId": "retail"}, "Push message must not be null."),
        ({"appId": "retail", "message": {"body": BODY}}, "Push message must contain a user ID."),
        (message(userId=" "), "Push message must contain a user ID."),
        (message(body=None), "Push message payload (body) must not be null."),
        ({**message(), "appId": "nobody"}, UNKNOWN),
        (
            message(body={"extras": {"aps": 1}}),
            "extras must not have a member 'aps', which is Apple's.",
        ),
        (message(body={"badge": -1}), "badge must be a number from 0 to 2147483647."),
        (message(body={"body": "x" * 5000}), "The push message is longer than a provider takes."),
    ],
)
def test_refused_messages(
    http: requests.Session, request_object: dict[str, Any], text: str
) -> None:
    device(1)
    assert refusal(post(http, SEND, request_object)) == ("ERROR_GENERIC", text)
    assert not PushMessage.objects.exists()


def test_nothing_at_all(http: requests.Session) -> None:
    assert refusal(http.post(http_url(SEND), headers={"Content-Type": "application/json"})) == EMPTY
    assert refusal(send(http, SEND, {"requestObject": None})) == EMPTY


def http_url(path: str) -> str:
    return f"{BASE_URL}/{path}"


@pytest.mark.parametrize(
    ("batch", "text"),
    [
        (None, "There are no push messages in the batch."),
        ([], "There are no push messages in the batch."),
        ([HELLO] * 21, "There are more than 20 push messages in the batch."),
    ],
)
def test_refused_batches(http: requests.Session, batch: object, text: str) -> None:
    assert refusal(post(http, BATCH, {"appId": "retail", "batch": batch})) == (
        "ERROR_GENERIC",
        text,
    )


def test_a_batch_of_twenty(http: requests.Session) -> None:
    device(1)
    request = {"appId": "retail", "mode": "ASYNCHRONOUS", "batch": [HELLO] * 20}
    assert result(post(http, BATCH, request)) == {"mode": "ASYNCHRONOUS"}
    assert PushMessage.objects.count() == 20


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"priority": "URGENT"}, "requestObject.message.priority - must be one of HIGH, NORMAL"),
        ({"body": "text"}, "requestObject.message.body - must be an object"),
        ({"body": {"badge": "many"}}, "requestObject.message.body.badge - must be a whole number"),
        ({"attributes": {"silent": 7.5}}, "requestObject.message.attributes.silent - must be true"),
        ({"body": {"validUntil": "tomorrow"}}, "requestObject.message.body.validUntil - must be a"),
        ({"body": {"extras": []}}, "requestObject.message.body.extras - must be an object"),
    ],
)
def test_malformed_messages(http: requests.Session, changes: dict[str, Any], named: str) -> None:
    assert malformed(post(http, SEND, message(**changes))).startswith(named)


def test_malformed_batches(http: requests.Session) -> None:
    request = {"appId": "retail", "batch": [HELLO, {**HELLO, "priority": 7}]}
    assert malformed(post(http, BATCH, request)) == (
        "requestObject.batch[1].priority - must be one of HIGH, NORMAL"
    )
    request = {"appId": "retail", "mode": "LATER", "batch": [HELLO]}
    assert malformed(post(http, BATCH, request)).startswith("requestObject.mode - must be one of")


def test_names_that_no_column_holds(http: requests.Session) -> None:
    long = post(http, SEND, message(userId="x" * 256, activationId="y" * 38))
    assert [name for name, _ in violations(long)] == ["userId", "activationId"]


@pytest.mark.postgresql
def test_statements_of_a_call(http: requests.Session) -> None:
    device(1)
    post(http, SEND, message())
    assert PushDevice.objects.count() == 1
    with CaptureQueriesContext(connection) as captured:
        post(http, SEND, {**message(), "mode": "ASYNCHRONOUS"})
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    own = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(frame)]
    assert len(own) == 2, "whether the application is known, and the message"
