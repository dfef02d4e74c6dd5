"""Whatever hangs on the way to one receiver, the events of others are delivered."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.callbacks import Dispatcher, claim, deliver_due
from powerauth.callbacks.delivery import HANGING
from powerauth.engine.callbacks.callback_authentication import Authentication, OAuth2
from powerauth.models import Callback, CallbackEvent
from tests.callbacks.events import make_callback, make_due, write_event, write_events
from tests.callbacks.receiver import Receiver, Reply, receiving

pytestmark = pytest.mark.django_db
PATIENCE_S = 60
NAME = "slow-to-find.bank.example"


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Ends what hangs, at the latest at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def slow_names(
    receiver: Receiver, released: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> threading.Event:
    """Let the search for one name take until `released`; tells when it has begun."""
    finding, asked = socket.getaddrinfo, threading.Event()

    def find(host: str, *arguments: Any, **options: Any) -> Any:
        if host != NAME:
            return finding(host, *arguments, **options)
        asked.set()
        released.wait(PATIENCE_S)
        return finding("127.0.0.1", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    return asked


@contextmanager
def silent_listener() -> Iterator[int]:
    """Accept connections on a port, and never say anything: not even that TLS can begin."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


@contextmanager
def hanging_callback(kind: str, released: threading.Event) -> Iterator[Callback]:
    """Give a callback that hangs in one of the many ways."""
    if kind == "name":
        yield make_callback(f"http://{NAME}/")
    elif kind in ("handshake", "answer"):
        scheme = "https" if kind == "handshake" else "http"
        with silent_listener() as port:
            yield make_callback(f"{scheme}://127.0.0.1:{port}/")
    elif kind == "token":
        with silent_listener() as port:
            oauth2 = OAuth2(
                enabled=True,
                token_uri=f"http://127.0.0.1:{port}/",
                client_id="a",
                client_secret="b",
            )
            yield make_callback("http://127.0.0.1:9/", authentication=Authentication(oauth2=oauth2))
    else:
        with receiving() as dripping:
            dripping.respond = lambda request: Reply(drip=True)
            yield make_callback(dripping.url)


def _turn_until(holds: Callable[[], bool], dispatcher: Dispatcher, what: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, what
        if not dispatcher.turn():
            time.sleep(0.02)


@pytest.mark.parametrize("kind", ["name", "handshake", "answer", "drip", "token"])
def test_a_hanging_receiver_holds_up_no_other(
    receiver: Receiver, slow_names: threading.Event, released: threading.Event, kind: str
) -> None:
    with hanging_callback(kind, released) as hanging, Dispatcher(grace_s=0) as dispatcher:
        write_events(hanging, 8)
        dispatcher.turn()
        write_events(make_callback(receiver.url), 12)
        _turn_until(lambda: len(receiver.received) == 12, dispatcher, "the other receiver waits")
        states = CallbackEvent.objects.filter(callback=hanging).values_list("state", flat=True)
        assert sorted(states) == ["PENDING"] * 4 + ["PROCESSING"] * 4
    left = CallbackEvent.objects.filter(callback=hanging)
    assert set(left.values_list("state", "lease_until")) == {("PENDING", None)}


def test_an_attempt_that_hangs_is_over_at_its_time(
    receiver: Receiver, slow_names: threading.Event, released: threading.Event, settings: Settings
) -> None:
    settings.CALLBACK_CONNECT_TIMEOUT_S = settings.CALLBACK_RESPONSE_TIMEOUT_S = 0.1
    callback = make_callback(f"http://{NAME}:{receiver.port}/")
    event = write_event(callback)
    with Dispatcher() as dispatcher:
        while dispatcher.turn():
            pass
        event.refresh_from_db()
        assert (event.state, event.attempts, event.last_error) == ("PENDING", 1, "time-out")
        callback.refresh_from_db()
        assert callback.failures == 1
        make_due()
        assert not dispatcher.turn(), "the thread that hangs is the only one of this callback"

        released.set()
        _turn_until(lambda: HANGING._value.get() == 0, dispatcher, "the thread does not come back")
        assert receiver.received == [], "whoever is late sends nothing any more"
        event.refresh_from_db()
        assert (event.state, event.attempts) == ("PENDING", 1)


def test_late_attempt_is_made_anew_once_its_thread_is_back(
    receiver: Receiver, slow_names: threading.Event, released: threading.Event, settings: Settings
) -> None:
    settings.CALLBACK_CONNECT_TIMEOUT_S = settings.CALLBACK_RESPONSE_TIMEOUT_S = 0.1
    event = write_event(make_callback(f"http://{NAME}:{receiver.port}/"))
    deliver_due()
    released.set()
    settings.CALLBACK_RESPONSE_TIMEOUT_S = 60
    make_due()
    assert deliver_due() == 1
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("COMPLETED", 2)
    assert len(receiver.received) == 1


def test_many_failing_receivers_leave_room_for_the_others(receiver: Receiver) -> None:
    failing = [make_callback("http://127.0.0.1:9/") for _ in range(12)]
    Callback.objects.filter(pk__in=[one.pk for one in failing]).update(failures=1)
    for one in failing:
        write_event(one)
    healthy = make_callback(receiver.url)
    write_events(healthy, 2)
    taken = claim.take_due(at=timezone.now(), limit=6, limit_of_failing=4, on_the_way={})
    assert [event.callback_id for event in taken].count(healthy.pk) == 2
    assert len(taken) == 6
    assert claim.take_due(at=timezone.now(), limit=6, limit_of_failing=0, on_the_way={}) == []


def test_failing_receivers_that_hang_use_half_of_the_threads(
    receiver: Receiver, slow_names: threading.Event, released: threading.Event
) -> None:
    for _ in range(6):
        hanging = make_callback(f"http://{NAME}/")
        write_event(hanging)
    Callback.objects.update(failures=1)
    with Dispatcher(threads=4, grace_s=0) as dispatcher:
        dispatcher.turn()
        assert CallbackEvent.objects.filter(state="PROCESSING").count() == 2
        write_events(make_callback(receiver.url), 5)
        _turn_until(lambda: len(receiver.received) == 5, dispatcher, "there is no room")


def test_leaving_gives_back_what_is_on_the_way(
    receiver: Receiver, released: threading.Event
) -> None:
    receiver.respond = lambda request: Reply(after=released)
    again = write_event(make_callback(receiver.url, max_attempts=2))
    once = write_event(make_callback(receiver.url, max_attempts=1))
    started = time.monotonic()
    with Dispatcher(grace_s=0.5) as dispatcher:
        dispatcher.turn()
        receiver.wait_for(2)
    assert 0.5 <= time.monotonic() - started < PATIENCE_S
    again.refresh_from_db()
    once.refresh_from_db()
    assert (again.state, again.lease_until, again.attempts) == ("PENDING", None, 1)
    assert (once.state, once.last_error) == ("FAILED", "the worker ended in mid-delivery")
    released.set()
    assert deliver_due() == 1
    again.refresh_from_db()
    assert (again.state, again.attempts) == ("COMPLETED", 2)
