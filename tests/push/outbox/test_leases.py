"""Deliveries in the hands of workers that end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from push.models import PushAppCredentials, PushChannel
from push.outbox import claim
from push.outbox.dispatcher import Dispatcher
from tests.push.outbox.providers import (
    HELLO,
    FakeProvider,
    device,
    end_leases,
    only,
    slowly,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_dead_worker_held_goes_back(provider: FakeProvider) -> None:
    device(1)
    write()
    claim.take_due(at=timezone.now(), on_the_way={}, of_provider={})
    assert provider.run() == 0, "it is leased"
    end_leases()
    assert provider.run() == 1
    assert states() == [("sent", "")]
    assert only().attempts == 2


def test_one_that_kills_its_workers_is_given_up(provider: FakeProvider, settings: Settings) -> None:
    settings.PUSH_MAX_ATTEMPTS = 1
    device(1)
    write()
    claim.take_due(at=timezone.now(), on_the_way={}, of_provider={})
    end_leases()
    assert provider.run() == 0
    assert states() == [("failed", "WorkerEnded")]


def test_an_ending_worker_gives_back_what_takes_too_long(row: PushAppCredentials) -> None:
    device(1)
    write()
    provider = FakeProvider(respond=slowly(60))
    with Dispatcher(make_client=provider, grace_s=0) as dispatcher:
        dispatcher.turn()
        assert only().state == "processing"
    found = only()
    assert (found.state, found.reason, found.lease_until) == ("pending", "WorkerEnded", None)


def test_every_probe_is_made_by_one_worker(row: PushAppCredentials) -> None:
    for number in range(3):
        device(number)
    write()
    past = timezone.now() - timedelta(seconds=1)
    PushChannel.objects.update(open_until=past)
    seen = PushChannel.objects.get(platform="fcm")
    assert claim._may_probe(seen, timezone.now())
    assert not claim._may_probe(seen, timezone.now()), "another worker was faster"


def test_what_is_too_late_is_not_taken_over_even_before_it_is_ended(
    row: PushAppCredentials,
) -> None:
    device(1)
    now = timezone.now()
    write(replace(HELLO, valid_until=now + timedelta(minutes=1)), at=now)
    late = now + timedelta(minutes=1, seconds=1)
    assert claim.take_due(at=late, on_the_way={}, of_provider={}) == []
    (taken,) = claim.take_due(at=now, on_the_way={}, of_provider={})
    assert len(taken.deliveries) == 1
