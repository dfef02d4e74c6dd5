"""A receiver that keeps failing is left alone for a while, and its events wait."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.callbacks import claim, deliver_due, outcome
from powerauth.callbacks.failures import DeliveryFailed
from powerauth.models import Callback, CallbackEvent
from tests.callbacks.events import end_rest, make_callback, make_due, write_event, write_events
from tests.callbacks.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(receiver: Receiver, settings: Settings) -> Callback:
    """A callback whose circuit three failures in a row have opened; four events wait."""
    settings.CALLBACK_FAILURE_THRESHOLD = 3
    receiver.respond = lambda request: Reply(status=500)
    callback = make_callback(receiver.url)
    write_events(callback, 4)
    while len(receiver.received) < 3:
        assert deliver_due(limit=1) == 1
    return callback


def test_failures_in_a_row_open_the_circuit(broken: Callback, receiver: Receiver) -> None:
    make_due()
    assert deliver_due() == 0
    broken.refresh_from_db()
    assert broken.failures == 3
    assert broken.open_until is not None
    rest = broken.open_until - timezone.now()
    assert timedelta(seconds=50) < rest <= timedelta(seconds=60)
    assert len(receiver.received) == 3
    assert set(CallbackEvent.objects.values_list("state", flat=True)) == {"PENDING"}


def test_one_event_probes_and_a_failure_opens_anew(broken: Callback, receiver: Receiver) -> None:
    make_due()
    end_rest(broken)
    assert deliver_due() == 1
    assert len(receiver.received) == 4
    broken.refresh_from_db()
    assert broken.open_until is not None
    assert broken.open_until > timezone.now() + timedelta(seconds=50)
    make_due()
    assert deliver_due() == 0


def test_probe_that_is_accepted_closes_the_circuit(broken: Callback, receiver: Receiver) -> None:
    receiver.respond = lambda request: Reply()
    make_due()
    end_rest(broken)
    assert deliver_due() == 4
    broken.refresh_from_db()
    assert (broken.failures, broken.open_until) == (0, None)
    assert set(CallbackEvent.objects.values_list("state", flat=True)) == {"COMPLETED"}


def test_only_one_probe_while_it_is_on_the_way(broken: Callback) -> None:
    make_due()
    end_rest(broken)
    now = timezone.now()
    assert len(claim.take_due(at=now, limit=10, on_the_way={})) == 1
    assert claim.take_due(at=now, limit=10, on_the_way={}) == []


def test_circuit_of_one_callback_is_not_that_of_another(
    broken: Callback, receiver: Receiver
) -> None:
    receiver.respond = lambda request: Reply()
    write_event(make_callback(receiver.url))
    assert deliver_due() == 1


def test_success_in_between_starts_the_count_anew(receiver: Receiver, settings: Settings) -> None:
    settings.CALLBACK_FAILURE_THRESHOLD = 3
    callback = make_callback(receiver.url)
    write_events(callback, 5)
    receiver.replies.extend(Reply(status=status) for status in (500, 500, 200, 500, 500))
    for _ in range(5):
        assert deliver_due(limit=1) == 1
    callback.refresh_from_db()
    assert (callback.failures, callback.open_until) == (2, None)


def test_circuit_can_be_switched_off(broken: Callback, settings: Settings) -> None:
    settings.CALLBACK_FAILURE_THRESHOLD = -1
    make_due()
    assert deliver_due() == 4
    broken.refresh_from_db()
    assert broken.failures == 7


def test_failing_receiver_binds_one_thread_only(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    write_events(callback, 10)
    now = timezone.now()
    assert len(claim.take_due(at=now, limit=10, on_the_way={})) == claim.PER_CALLBACK
    assert claim.take_due(at=now, limit=10, on_the_way={callback.pk: claim.PER_CALLBACK}) == []
    Callback.objects.filter(pk=callback.pk).update(failures=1)
    assert len(claim.take_due(at=now, limit=10, on_the_way={})) == 1
    assert claim.take_due(at=now, limit=10, on_the_way={callback.pk: 1}) == []


def test_outcome_of_a_lost_lease_counts_for_nothing(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    write_event(callback)
    now = timezone.now()
    (slow,) = claim.take_due(at=now, limit=1, on_the_way={})
    later = now + timedelta(hours=1)
    assert claim.give_back_ended(at=now) == 0
    assert claim.give_back_ended(at=later) == 1
    (fast,) = claim.take_due(at=later, limit=1, on_the_way={})
    assert not outcome.failed(slow, DeliveryFailed("late"), at=later)
    assert not outcome.delivered(slow, at=later)
    stored = CallbackEvent.objects.get(pk=slow.pk)
    assert (stored.state, stored.attempts) == ("PROCESSING", 2)
    callback.refresh_from_db()
    assert callback.failures == 0
    assert outcome.delivered(fast, at=later)
    assert not outcome.failed(slow, DeliveryFailed("late"), at=later)
    stored.refresh_from_db()
    assert stored.state == "COMPLETED"
