"""Circuits, fairness, concurrency: nobody waits for somebody else."""

import asyncio

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from push.models import PushAppCredentials, PushChannel, PushDelivery
from push.outbox import claim
from push.providers.values import Result
from tests.push.accounts import every_provider
from tests.push.outbox.providers import (
    LATER,
    NO,
    SENT,
    FakeProvider,
    activation,
    answering,
    channel,
    device,
    make_due,
    slowly,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_provider_that_keeps_failing_is_left_alone(
    row: PushAppCredentials, settings: Settings
) -> None:
    settings.PUSH_FAILURE_THRESHOLD = 3
    for number in range(6):
        device(number)
    write()
    provider = answering(LATER)
    provider.run()
    found = channel()
    assert found.failures >= 3 and found.open_until is not None
    assert found.open_until > timezone.now()
    before = len(provider.sent)
    write()
    assert provider.run() == 0
    make_due()
    provider.run()
    assert len(provider.sent) == before + 1, "one probes"
    provider.respond = lambda content, target: SENT
    make_due()
    provider.run()
    assert (channel().failures, channel().open_until) == (0, None)
    assert set(states()) == {("sent", "")}


def test_a_circuit_of_one_provider_is_no_other_ones(
    row: PushAppCredentials, settings: Settings
) -> None:
    settings.PUSH_FAILURE_THRESHOLD = 1
    device(1)
    device(2, platform="hms")
    write()
    FakeProvider(respond=lambda content, target: LATER if target.token == "token-1" else SENT).run()
    assert channel("fcm").open_until is not None
    assert channel("hms").open_until is None
    assert sorted(states()) == [("pending", "ServiceUnavailable"), ("sent", "")]


def test_an_answer_shows_that_the_provider_is_there(row: PushAppCredentials) -> None:
    PushChannel.objects.update(failures=7)
    device(1)
    write()
    answering(NO).run()
    assert channel().failures == 0
    assert channel().delivered_at is None


def test_a_provider_that_hangs_slows_no_other(row: PushAppCredentials) -> None:
    for number in range(claim.PER_CHANNEL + 10):
        device(number)
    device(1000, platform="hms")
    write()
    hanging = asyncio.Event()

    async def hang() -> Result:
        await hanging.wait()
        return SENT

    provider = FakeProvider(
        respond=lambda content, target: SENT if target.token == "token-1000" else hang()
    )
    with provider.dispatcher() as dispatcher:
        dispatcher.turn()
        assert PushDelivery.objects.get(platform="hms").state == "sent"
        assert provider.at_once == claim.PER_CHANNEL
        write(activation_ids=[activation(1000)])
        dispatcher.turn()
        dispatcher.turn()
        assert provider.tokens.count("token-1000") == 2
        dispatcher._attempts._loop.call_soon_threadsafe(hanging.set)
        while dispatcher.turn():
            pass
    assert set(states()) == {("sent", "")}


def test_an_application_that_hangs_leaves_room_for_another(row: PushAppCredentials) -> None:
    every_provider("business")
    for number in range(claim.PER_PROVIDER + 10):
        device(number)
    write()
    hanging = asyncio.Event()

    async def hang() -> Result:
        await hanging.wait()
        return SENT

    provider = FakeProvider(
        respond=lambda content, target: SENT if target.token == "token-1000" else hang()
    )
    with provider.dispatcher() as dispatcher:
        dispatcher.turn()
        device(1000, application_id="business")
        write(application_ids=["business"])
        dispatcher.turn()
        assert "token-1000" in provider.tokens
        dispatcher._attempts._loop.call_soon_threadsafe(hanging.set)
        while dispatcher.turn():
            pass


def test_applications_share_the_room_of_a_provider(row: PushAppCredentials) -> None:
    names = [f"app-{number}" for number in range(4)]
    for place, name in enumerate(names):
        every_provider(name)
        for number in range(70):
            device(place * 100 + number, application_id=name)
    write(application_ids=names)
    taken = claim.take_due(at=timezone.now(), on_the_way={}, of_provider={})
    assert [len(each.deliveries) for each in taken] == [claim.PER_PROVIDER // 4] * 4


def test_a_failing_application_binds_little(row: PushAppCredentials) -> None:
    PushChannel.objects.update(failures=1)
    for number in range(20):
        device(number)
    write()
    (taken,) = claim.take_due(at=timezone.now(), on_the_way={}, of_provider={})
    assert len(taken.deliveries) == claim.PER_FAILING_CHANNEL


def test_many_are_on_the_way_at_once(row: PushAppCredentials) -> None:
    for number in range(claim.PER_CHANNEL * 2):
        device(number)
    write()
    provider = FakeProvider(respond=slowly(0.02))
    assert provider.run() == claim.PER_CHANNEL * 2
    assert claim.PER_CHANNEL // 2 < provider.most_at_once <= claim.PER_CHANNEL
