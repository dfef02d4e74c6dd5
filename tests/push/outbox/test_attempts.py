"""What becomes of an attempt: tried again, given up, too late."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from push.models import PushAppCredentials, PushDelivery, PushDevice
from push.providers.values import Outcome, Result, Target
from tests.push.outbox.providers import (
    HELLO,
    LATER,
    NO,
    SENT,
    FakeProvider,
    answering,
    device,
    make_due,
    only,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_later_is_tried_again_after_a_growing_pause(
    row: PushAppCredentials, settings: Settings
) -> None:
    settings.PUSH_INITIAL_BACKOFF_S = 100
    device(1)
    write()
    provider = answering(LATER)
    pauses = []
    for attempts in (1, 2, 3):
        make_due()
        assert provider.run() == 1
        found = only()
        assert (found.state, found.reason) == ("pending", "ServiceUnavailable")
        assert (found.attempts, found.lease_until, found.finished_at) == (attempts, None, None)
        assert found.attempted_at is not None
        pauses.append((found.next_attempt_at - found.attempted_at).total_seconds())
    assert 80 <= pauses[0] <= 120 < 160 <= pauses[1] <= 240 < 320 <= pauses[2] <= 480
    provider.respond = lambda content, target: SENT
    make_due()
    provider.run()
    assert states() == [("sent", "")]


def test_the_provider_may_ask_for_a_longer_pause(row: PushAppCredentials) -> None:
    device(1)
    write()
    answering(replace(LATER, retry_after=timedelta(seconds=700))).run()
    found = only()
    assert found.attempted_at is not None
    assert found.next_attempt_at - found.attempted_at == timedelta(seconds=700)


def test_no_is_final(row: PushAppCredentials) -> None:
    device(1)
    write()
    assert answering(NO).run() == 1
    assert states() == [("failed", "PayloadEmpty")]
    assert only().finished_at is not None
    assert PushDevice.objects.exists()


def test_attempts_end(row: PushAppCredentials, settings: Settings) -> None:
    settings.PUSH_MAX_ATTEMPTS = 2
    device(1)
    write()
    provider = answering(LATER)
    provider.run()
    make_due()
    provider.run()
    assert states() == [("failed", "ServiceUnavailable")]


def test_nothing_is_sent_after_its_validity(provider: FakeProvider) -> None:
    device(1)
    write()
    PushDelivery.objects.update(expires_at=timezone.now())
    provider.run()
    assert provider.sent == []
    assert states() == [("expired", "")]


def test_another_attempt_that_would_be_too_late_is_not_waited_for(row: PushAppCredentials) -> None:
    device(1)
    write(replace(HELLO, valid_until=timezone.now() + timedelta(seconds=60)))
    answering(replace(LATER, retry_after=timedelta(seconds=90))).run()
    assert states() == [("expired", "ServiceUnavailable")]


def test_what_the_client_finds_too_late_has_expired(row: PushAppCredentials) -> None:
    device(1)
    write()
    answering(Result(outcome=Outcome.FAILED, reason="Expired")).run()
    assert states() == [("expired", "Expired")]


def test_a_client_that_breaks_costs_one_attempt(row: PushAppCredentials) -> None:
    def broken(content: object, target: Target) -> Result:
        raise RuntimeError("secret")

    device(1)
    write()
    assert FakeProvider(respond=broken).run() == 1
    assert states() == [("pending", "InternalError")]


def test_a_client_that_cannot_be_made_costs_one_attempt(row: PushAppCredentials) -> None:
    class Broken(FakeProvider):
        def __call__(self, credentials: object) -> FakeProvider:
            raise OSError("no such file")

    device(1)
    write()
    assert Broken().run() == 1
    assert states() == [("pending", "InternalError")]


def test_an_answer_after_the_lease_changes_nothing(row: PushAppCredentials) -> None:
    device(1)
    write()

    def steal(content: object, target: Target) -> Result:
        return SENT

    provider = FakeProvider(respond=steal)
    with provider.dispatcher() as dispatcher:
        dispatcher._begin()
        PushDelivery.objects.update(lease_until=timezone.now() + timedelta(seconds=99))
        while dispatcher.turn():
            pass
    assert states() == [("processing", "")]
