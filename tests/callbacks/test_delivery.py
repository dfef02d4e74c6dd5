"""Events reach the receiver, and are tried again until they do."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.callbacks import attempt, deliver_due
from powerauth.engine.callbacks import callbacks
from powerauth.models import CallbackEvent
from tests.callbacks.events import make_callback, make_due, write_event, write_events
from tests.callbacks.receiver import Receiver, Reply, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Holds replies back until it is set, at the latest at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def test_event_is_delivered_once(receiver: Receiver) -> None:
    event = write_event(make_callback(receiver.url))
    assert deliver_due() == 1
    assert deliver_due() == 0
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == ("COMPLETED", 1, "")
    assert event.finished_at is not None
    assert event.lease_until is None
    (request,) = receiver.received
    assert request.path == "/events?from=bank"
    assert request.headers["Idempotency-Key"] == str(event.pk)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_success(receiver: Receiver, status: int) -> None:
    event = write_event(make_callback(receiver.url))
    receiver.replies.append(Reply(status=status))
    deliver_due()
    event.refresh_from_db()
    assert event.state == "COMPLETED"


@pytest.mark.parametrize("status", [304, 400, 401, 404, 429, 500, 503])
def test_other_status_is_tried_again_after_a_pause(receiver: Receiver, status: int) -> None:
    event = write_event(make_callback(receiver.url, initial_backoff=timedelta(seconds=100)))
    receiver.replies.append(Reply(status=status))
    before = timezone.now()
    assert deliver_due() == 1
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("PENDING", 1)
    assert event.last_error == f"HTTP {status}"
    assert before + timedelta(seconds=80) <= event.next_attempt_at
    assert event.next_attempt_at <= timezone.now() + timedelta(seconds=120)
    assert deliver_due() == 0
    make_due()
    assert deliver_due() == 1
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == ("COMPLETED", 2, "")
    first, second = receiver.received
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.body == second.body


def test_receiver_says_how_long_to_wait(receiver: Receiver, settings: Settings) -> None:
    settings.CALLBACK_MAX_BACKOFF_S = 500
    event = write_event(make_callback(receiver.url))
    for asked, expected_s in (("300", 300), ("100000", 500)):
        receiver.replies.append(Reply(status=503, headers={"Retry-After": asked}))
        make_due()
        before = timezone.now()
        deliver_due()
        event.refresh_from_db()
        assert event.next_attempt_at - before >= timedelta(seconds=expected_s)
        assert event.next_attempt_at - timezone.now() <= timedelta(seconds=expected_s)


def test_silent_receiver_is_tried_again(
    receiver: Receiver, settings: Settings, held: threading.Event
) -> None:
    settings.CALLBACK_RESPONSE_TIMEOUT_S = 0.2
    event = write_event(make_callback(receiver.url))
    receiver.replies.append(Reply(after=held))
    deliver_due()
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("PENDING", "time-out")
    settings.CALLBACK_RESPONSE_TIMEOUT_S = 60
    make_due()
    deliver_due()
    event.refresh_from_db()
    assert event.state == "COMPLETED"


def test_receiver_cannot_answer_for_ever(receiver: Receiver, settings: Settings) -> None:
    settings.CALLBACK_CONNECT_TIMEOUT_S = settings.CALLBACK_RESPONSE_TIMEOUT_S = 0.3
    event = write_event(make_callback(receiver.url))
    receiver.replies.append(Reply(drip=True))
    deliver_due()
    assert not receiver.dripped_out
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("PENDING", "time-out")


def test_body_of_the_answer_is_not_waited_for(receiver: Receiver) -> None:
    event = write_event(make_callback(receiver.url))
    receiver.replies.append(Reply(status=200, headers={"Content-Length": "9"}, hang=True))
    deliver_due()
    event.refresh_from_db()
    assert event.state == "COMPLETED"


def test_events_wait_for_a_receiver_that_returns() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    callback = make_callback(f"http://127.0.0.1:{port}/")
    write_events(callback, 5)
    assert deliver_due() == 5
    assert set(CallbackEvent.objects.values_list("state", "last_error")) == {
        ("PENDING", "connection failed")
    }
    with receiving(port=port) as receiver:
        make_due()
        assert deliver_due() == 5
    assert len(receiver.received) == 5
    assert set(CallbackEvent.objects.values_list("state", flat=True)) == {"COMPLETED"}
    callback.refresh_from_db()
    assert callback.failures == 0


def test_event_fails_after_its_last_attempt(receiver: Receiver) -> None:
    event = write_event(make_callback(receiver.url, max_attempts=2))
    receiver.respond = lambda request: Reply(status=500)
    deliver_due()
    make_due()
    deliver_due()
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == ("FAILED", 2, "HTTP 500")
    assert event.finished_at is not None
    make_due()
    assert deliver_due() == 0


def test_failed_event_can_be_replayed(receiver: Receiver) -> None:
    event = write_event(make_callback(receiver.url, max_attempts=1))
    receiver.replies.append(Reply(status=500))
    deliver_due()
    event.refresh_from_db()
    assert event.state == "FAILED"
    assert callbacks.replay(event, at=timezone.now())
    assert deliver_due() == 1
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("COMPLETED", 1)


def test_removed_callback_gets_nothing(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    event = write_event(callback)
    assert callbacks.remove(str(callback.pk))
    assert deliver_due() == 0
    callbacks.set_enabled(callback, enabled=True)
    assert deliver_due() == 1
    assert [request.headers["webhook-id"] for request in receiver.received] == [str(event.pk)]


def test_oldest_event_comes_first(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    write_events(callback, 8)
    for _ in range(8):
        deliver_due(limit=1)
    assert [request.headers["Idempotency-Key"] for request in receiver.received] == [
        str(key)
        for key in CallbackEvent.objects.order_by("created_at").values_list("pk", flat=True)
    ]


def test_limit_is_kept(receiver: Receiver) -> None:
    write_events(make_callback(receiver.url), 7)
    assert deliver_due(limit=3) == 3
    assert len(receiver.received) == 3
    assert deliver_due() == 4


def test_slow_receiver_does_not_hold_up_another(receiver: Receiver, held: threading.Event) -> None:
    with receiving() as slow:
        slow.respond = lambda request: Reply(after=held)
        write_events(make_callback(slow.url), 20)
        write_events(make_callback(receiver.url), 20)

        def respond(request: object) -> Reply:
            if len(receiver.received) == 20:
                held.set()  # the slow one answers only after the other has got everything
            return Reply()

        receiver.respond = respond
        assert deliver_due() == 40
    assert set(CallbackEvent.objects.values_list("state", flat=True)) == {"COMPLETED"}


def test_few_deliveries_to_one_receiver_at_a_time(
    receiver: Receiver, held: threading.Event
) -> None:
    receiver.respond = lambda request: Reply(after=held)
    write_events(make_callback(receiver.url), 10)
    at_once: list[int] = []

    def look() -> None:
        receiver.wait_for(4)
        at_once.append(len(receiver.received))
        held.set()

    watcher = threading.Thread(target=look)
    watcher.start()
    assert deliver_due() == 10
    watcher.join()
    assert at_once == [4]


def test_defect_in_one_event_does_not_stop_the_others(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    broken, sound = write_event(callback), write_event(callback)
    CallbackEvent.objects.filter(pk=broken.pk).update(payload={"type": "UNHEARD_OF"})
    assert deliver_due() == 2
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.state, broken.last_error) == ("PENDING", "internal error")
    assert sound.state == "COMPLETED"


def test_unreadable_secrets_are_a_failure_of_the_event(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    event = write_event(callback)
    type(callback).objects.update(signing_secret=b"\x01" * 60)
    deliver_due()
    event.refresh_from_db()
    assert event.last_error == "the secrets of the callback do not open"
    assert receiver.received == []


def test_attempt_touches_no_database(
    receiver: Receiver, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    event = CallbackEvent.objects.select_related("callback").get(
        pk=write_event(make_callback(receiver.url)).pk
    )
    with django_assert_num_queries(0):  # type: ignore[operator]
        attempt.send(event, at=timezone.now())
    assert len(receiver.received) == 1
