"""Credentials that a provider refuses: an alarm, and nothing is lost."""

import pytest
from django.utils import timezone

from push.credentials import services
from push.models import PushAppCredentials, PushDelivery
from tests.push.accounts import fcm
from tests.push.outbox.providers import (
    REFUSED,
    SENT,
    FakeProvider,
    answering,
    channel,
    device,
    make_due,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_refused_credentials_raise_the_alarm_and_nothing_is_lost(row: PushAppCredentials) -> None:
    for number in range(3):
        device(number)
    write()
    provider = answering(REFUSED)
    assert provider.run() == 3
    assert set(states()) == {("pending", "InvalidProviderToken")}
    assert set(PushDelivery.objects.values_list("attempts", flat=True)) == {0}
    found = channel()
    assert found.refused_at is not None and found.open_until is not None
    assert found.refused_reason == "InvalidProviderToken"
    assert provider.run() == 0, "the way rests"
    since = found.refused_at
    make_due()
    assert provider.run() == 1, "one looks whether they are taken now"
    assert channel().refused_at == since
    services.put(row, fcm(), at=timezone.now())
    provider.respond = lambda content, target: SENT
    assert provider.run() == 3
    assert set(states()) == {("sent", "")}
    assert channel().refused_at is None


def test_refused_credentials_that_are_taken_again_end_the_alarm(row: PushAppCredentials) -> None:
    device(1)
    write()
    provider = answering(REFUSED)
    provider.run()
    make_due()
    provider.respond = lambda content, target: SENT
    provider.run()
    found = channel()
    assert (found.refused_at, found.refused_reason, found.open_until) == (None, "", None)
    assert states() == [("sent", "")]


def test_news_of_former_credentials_raise_no_alarm(row: PushAppCredentials) -> None:
    device(1)
    write()
    provider = answering(REFUSED)
    with provider.dispatcher() as dispatcher:
        dispatcher._begin()
        services.put(row, fcm(), at=timezone.now())
        dispatcher._record_ended(timeout_s=5)
        assert channel().refused_at is None
        provider.respond = lambda content, target: SENT
        while dispatcher.turn():
            pass
    assert states() == [("sent", "")]


def test_a_secret_that_does_not_open_raises_the_alarm(row: PushAppCredentials) -> None:
    PushAppCredentials.objects.update(fcm_service_account=b"\x01" * 60)
    device(1)
    write()
    provider = FakeProvider()
    assert provider.run() == 0
    assert states() == [("pending", "CredentialsUnreadable")]
    assert channel().refused_reason == "CredentialsUnreadable"
