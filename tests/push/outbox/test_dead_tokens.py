"""Devices of dead tokens: push-and-inbox.md 6."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from push.credentials import services
from push.models import PushAppCredentials, PushDevice
from push.providers.values import Result
from tests.push.accounts import fcm
from tests.push.outbox.providers import (
    DEAD,
    FakeProvider,
    answering,
    device,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_dead_token_takes_its_device_with_it(row: PushAppCredentials) -> None:
    device(1)
    device(2, user="bob")
    write()
    answering(DEAD).run()
    assert states() == [("failed", "Unregistered")]
    assert list(PushDevice.objects.values_list("user_id", flat=True)) == ["bob"]


@pytest.mark.parametrize(("days", "stays"), [(0.5, False), (1.5, True)])
def test_a_device_that_registered_since_stays(
    row: PushAppCredentials, days: float, stays: bool
) -> None:
    device(1)  # a day ago
    write()
    since = timezone.now() - timedelta(days=days)
    answering(replace(DEAD, dead_since=since)).run()
    assert PushDevice.objects.exists() is stays


def test_a_device_with_another_token_stays(row: PushAppCredentials) -> None:
    device(1)
    write()

    async def rotate() -> Result:
        await asyncio.sleep(0)
        return DEAD

    provider = FakeProvider(respond=lambda content, target: rotate())
    with provider.dispatcher() as dispatcher:
        dispatcher._begin()
        PushDevice.objects.update(push_token="new")
        while dispatcher.turn():
            pass
    assert PushDevice.objects.get().push_token == "new"


@pytest.mark.parametrize("proved", [False, True])
def test_a_doubtful_death_needs_a_configuration_that_has_delivered(
    row: PushAppCredentials, proved: bool
) -> None:
    device(1)
    if proved:
        write()
        FakeProvider().run()
    write()
    answering(replace(DEAD, reason="DeviceTokenNotForTopic", is_doubtful=True)).run()
    assert states()[-1] == ("failed", "DeviceTokenNotForTopic")
    assert PushDevice.objects.exists() is not proved


def test_deliveries_before_a_change_prove_nothing(row: PushAppCredentials) -> None:
    device(1)
    write()
    FakeProvider().run()
    services.put(row, fcm(), at=timezone.now())
    write()
    answering(replace(DEAD, is_doubtful=True)).run()
    assert PushDevice.objects.exists()
