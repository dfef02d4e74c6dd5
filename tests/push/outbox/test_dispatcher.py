"""What becomes of messages that are due: sent, tried again, given up, too late."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from push.credentials import services
from push.messages.values import Text
from push.models import PushAppCredentials, PushChannel, PushDelivery, PushDevice, PushMessage
from push.outbox import claim
from push.outbox.dispatcher import Dispatcher
from push.providers.values import FcmAccount, Outcome, Result, Target
from tests.push.accounts import apns, every_provider, fcm
from tests.push.outbox.providers import (
    DEAD,
    HELLO,
    LATER,
    NO,
    REFUSED,
    SENT,
    FakeProvider,
    activation,
    device,
    end_leases,
    make_due,
    only,
    slowly,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(transactional_db: None) -> PushAppCredentials:
    return every_provider("retail")


@pytest.fixture
def provider(row: PushAppCredentials) -> FakeProvider:
    return FakeProvider()


def channel(platform: str = "fcm") -> PushChannel:
    return PushChannel.objects.get(application_id="retail", platform=platform)


def answering(result: Result) -> FakeProvider:
    return FakeProvider(respond=lambda content, target: result)


# --- What is sent --------------------------------------------------------------------------------


@pytest.mark.main_path
def test_what_is_due_is_sent_once(provider: FakeProvider) -> None:
    device(1)
    device(2, platform="hms")
    write()
    assert provider.run() == 2
    assert provider.run() == 0
    assert sorted(provider.tokens) == ["token-1", "token-2"]
    assert {content.title.text for content, _ in provider.sent} == {"Hello"}
    assert set(states()) == {("sent", "")}
    sent = PushDelivery.objects.first()
    assert sent is not None
    assert (sent.attempts, sent.lease_until) == (1, None)
    assert sent.finished_at == sent.attempted_at is not None


def test_a_client_is_made_once_and_anew_after_a_change(
    row: PushAppCredentials, provider: FakeProvider
) -> None:
    device(1)
    with provider.dispatcher() as dispatcher:
        for _ in range(3):
            write()
            while dispatcher.turn():
                pass
        assert len(provider.credentials) == 1
        services.put(row, fcm(project_id="retail-2"), at=timezone.now())
        write()
        while dispatcher.turn():
            pass
    projects = [each.project_id for each in provider.credentials if isinstance(each, FcmAccount)]
    assert projects == ["retail-1", "retail-2"]
    assert provider.closed == 1, "the one in use; the former one is closed when its time is over"


def test_the_token_is_the_one_of_now(provider: FakeProvider) -> None:
    device(1)
    write()
    PushDevice.objects.update(push_token="new")
    provider.run()
    assert provider.tokens == ["new"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"activation_id": activation(9)}, "DeviceGone"),
        ({"platform": "hms"}, "DeviceGone"),
        ({"is_active": False}, "DeviceInactive"),
    ],
)
def test_a_device_that_may_not_get_it_any_more(
    provider: FakeProvider, changes: dict[str, object], reason: str
) -> None:
    device(1)
    write(replace(HELLO, personal=True))
    PushDevice.objects.update(**changes)
    provider.run()
    assert provider.sent == []
    assert states() == [("failed", reason)]
    assert only().attempts == 0


def test_an_inactive_device_gets_what_is_not_personal(provider: FakeProvider) -> None:
    device(1, is_active=False)
    write()
    provider.run()
    assert provider.tokens == ["token-1"]


@pytest.mark.parametrize(
    ("language", "title"), [("cs", "Platba"), ("de", "Payment"), ("", "Payment")]
)
def test_texts_are_in_the_language_of_the_device(
    provider: FakeProvider, language: str, title: str
) -> None:
    device(1, language=language)
    texts = {"": {"title": "Payment", "body": "x"}, "cs": {"title": "Platba", "body": "y"}}
    write(replace(HELLO, title=Text(), body=Text()), texts=texts)
    provider.run()
    assert provider.sent[0][0].title.text == title


def test_what_was_silenced_arrives_silently(provider: FakeProvider) -> None:
    device(1)
    write()
    PushMessage.objects.update(silent=True)
    provider.run()
    assert provider.sent[0][0].silent


def test_stored_content_that_is_no_message_fails_alone(provider: FakeProvider) -> None:
    device(1)
    (broken,) = write()
    PushMessage.objects.filter(pk=broken).update(content={"body": {"badge": "x"}})
    write()
    provider.run()
    assert states() == [("failed", "InvalidMessage"), ("sent", "")]


def test_what_nobody_can_read_holds_up_nothing(provider: FakeProvider) -> None:
    device(1)
    write(texts={"": {"heading": "x"}})
    write()
    provider.run()
    assert states() == [("pending", "InternalError"), ("sent", "")]


def test_much_that_is_too_late_ends_at_once(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "ENDED_BATCH", 2)
    for number in range(5):
        device(number)
    write()
    PushDelivery.objects.update(expires_at=timezone.now())
    provider.run()
    assert states() == [("expired", "")] * 5


# Application x server x device: what comes out. push-and-inbox.md 4.4
DEV, PROD = "development", "production"
ENVIRONMENTS = [
    *(("", "none", "", "NoEnvironment"), ("", "none", DEV, DEV), ("", "none", PROD, PROD)),
    *(("", "true", "", DEV), ("", "true", DEV, DEV), ("", "true", PROD, PROD)),
    *(("", "false", "", PROD), ("", "false", DEV, "WrongEnvironment"), ("", "false", PROD, PROD)),
    *((DEV, "false", "", DEV), (DEV, "false", DEV, DEV), (DEV, "false", PROD, PROD)),
    *((DEV, "true", "", DEV), (DEV, "true", DEV, DEV), (DEV, "true", PROD, PROD)),
    *((PROD, "true", "", PROD), (PROD, "true", DEV, "WrongEnvironment")),
    *((PROD, "true", PROD, PROD), (PROD, "none", "", PROD)),
    *((PROD, "false", DEV, "WrongEnvironment"), (DEV, "none", "", DEV)),
]


@pytest.mark.parametrize(("application", "server", "own", "expected"), ENVIRONMENTS)
def test_environments_of_apple(
    row: PushAppCredentials,
    settings: Settings,
    application: str,
    server: str,
    own: str,
    expected: str,
) -> None:
    services.put(row, apns(environment=application), at=timezone.now())
    settings.APNS_USE_DEVELOPMENT = server
    device(1, platform="apns", environment=own)
    write()
    provider = FakeProvider()
    provider.run()
    if expected in (DEV, PROD):
        target = Target(token="token-1", development=expected == DEV)
        assert [each for _, each in provider.sent] == [target]
        assert states() == [("sent", "")]
    else:
        assert provider.sent == []
        assert states() == [("failed", expected)]


# --- Attempts ------------------------------------------------------------------------------------


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


# --- Devices of dead tokens ----------------------------------------------------------------------


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


# --- Credentials that are refused ----------------------------------------------------------------


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


# --- Circuits, fairness, concurrency -------------------------------------------------------------


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


# --- Leases --------------------------------------------------------------------------------------


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


# --- Costs ---------------------------------------------------------------------------------------

STATEMENTS_A_BATCH = 10  # to claim 128, and to write down 64 at a time; without frames


@pytest.mark.postgresql
def test_statements_of_a_batch_do_not_grow_with_it(row: PushAppCredentials) -> None:
    for number in range(claim.PER_CHANNEL):
        device(number)
    write()
    provider = FakeProvider()
    with provider.dispatcher() as dispatcher:
        while dispatcher.turn():  # makes the client
            pass
        for _ in range(2):
            write()
            with CaptureQueriesContext(connection) as captured:
                dispatcher._begin()
                while dispatcher._attempts.on_the_way:
                    dispatcher._record_ended(timeout_s=5)
            own = [q["sql"] for q in captured.captured_queries if " " in q["sql"]]
            assert len(own) <= STATEMENTS_A_BATCH, own
    assert set(states()) == {("sent", "")}
    assert len(provider.sent) == 3 * claim.PER_CHANNEL
