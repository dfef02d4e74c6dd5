"""From the row to the provider's socket and back: what answers mean for devices and credentials."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from push.credentials import services
from push.credentials.values import ApnsSettings, FcmSettings, HmsSettings
from push.models import PushAppCredentials, PushChannel, PushDelivery, PushDevice
from push.outbox.dispatcher import send_due
from push.stand_in import accounts
from push.stand_in.accounts import Accounts
from push.stand_in.faults import Behaviour, apns_reply, fcm_reply, hms_reply
from push.stand_in.server import StandIn, running
from push.stand_in.values import Provider, Reply
from tests.push.outbox.providers import device, make_due, states, write
from tests.push.providers.sending import APNS_TOKEN, FCM_TOKEN, HMS_TOKEN

pytestmark = pytest.mark.django_db(transaction=True)
TOKENS = {"apns": APNS_TOKEN, "fcm": FCM_TOKEN, "hms": HMS_TOKEN}


@pytest.fixture(scope="module")
def their_accounts() -> Accounts:
    return accounts.make()


@pytest.fixture(scope="module")
def _listening(
    their_accounts: Accounts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StandIn]:
    with running(StandIn(their_accounts, tmp_path_factory.mktemp("stand-in"))) as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(_listening: StandIn, settings: Settings, transactional_db: None) -> StandIn:
    """The providers, for a server that has an account with each."""
    _listening.desks.reset()
    where = _listening.settings()
    settings.APNS_URL, settings.APNS_DEVELOPMENT_URL = where.apns_url, where.apns_development_url
    settings.FCM_URL, settings.FCM_TOKEN_URL = where.fcm_url, where.fcm_token_url
    settings.HMS_URL, settings.HMS_TOKEN_URL = where.hms_url, where.hms_token_url
    settings.PUSH_CA_FILE = where.ca_file
    settings.APNS_USE_DEVELOPMENT = "false"
    return _listening


@pytest.fixture
def row(stand_in: StandIn, their_accounts: Accounts) -> PushAppCredentials:
    known = their_accounts
    row = services.create("retail", at=timezone.now())
    for each in (
        ApnsSettings(
            key_id=known.apns.key_id,
            team_id=known.apns.team_id,
            bundle=known.apns.bundle_id,
            private_key=known.apns.private_key.encode(),
        ),
        FcmSettings(
            project_id=known.fcm.project_id, service_account=known.fcm.service_account.encode()
        ),
        HmsSettings(
            project_id=known.hms.project_id,
            client_id=known.hms.client_id,
            client_secret=known.hms.client_secret.encode(),
        ),
    ):
        row = services.put(row, each, at=timezone.now())
    return row


def registered(platform: str) -> None:
    device(1, platform=platform, push_token=TOKENS[platform])


def answer(stand_in: StandIn, platform: str, reply: Reply, *, times: int | None = 1) -> None:
    stand_in.desks.faults.plan(Provider(platform), Behaviour(reply=reply), times=times)


@pytest.mark.parametrize("platform", ["apns", "fcm", "hms"])
def test_a_message_arrives(stand_in: StandIn, row: PushAppCredentials, platform: str) -> None:
    registered(platform)
    write()
    assert send_due() == 1
    assert states() == [("sent", "")]
    (received,) = stand_in.desks.mailbox.look()
    assert (received.provider.value, received.token) == (platform, TOKENS[platform])
    channel = PushChannel.objects.get(platform=platform)
    assert channel.delivered_at is not None


def unregistered(moment: datetime) -> Reply:
    return apns_reply("Unregistered", timestamp_ms=int(moment.timestamp() * 1000))


NOW = timezone.now()
NOT_OURS = "DeviceTokenNotForTopic"
# What a provider answers, whether it has delivered before, what is stored, if the device stays.
ANSWERS = [
    ("apns", unregistered(NOW), False, ("failed", "Unregistered"), False),
    ("apns", unregistered(NOW - timedelta(days=9)), False, ("failed", "Unregistered"), True),
    ("apns", apns_reply("BadDeviceToken"), True, ("failed", "BadDeviceToken"), False),
    ("apns", apns_reply("BadDeviceToken"), False, ("failed", "BadDeviceToken"), True),
    ("apns", apns_reply(NOT_OURS), True, ("failed", NOT_OURS), False),
    ("apns", apns_reply(NOT_OURS), False, ("failed", NOT_OURS), True),
    ("apns", apns_reply("TopicDisallowed"), False, ("failed", "TopicDisallowed"), True),
    ("apns", apns_reply("PayloadEmpty"), True, ("failed", "PayloadEmpty"), True),
    ("apns", apns_reply("TooManyRequests"), True, ("pending", "TooManyRequests"), True),
    ("apns", apns_reply("ServiceUnavailable"), True, ("pending", "ServiceUnavailable"), True),
    ("fcm", fcm_reply("UNREGISTERED"), False, ("failed", "UNREGISTERED"), False),
    ("fcm", fcm_reply("INVALID_ARGUMENT"), True, ("failed", "INVALID_ARGUMENT"), True),
    (
        "fcm",
        fcm_reply("INVALID_ARGUMENT", field="message.token"),
        False,
        ("failed", "INVALID_ARGUMENT"),
        False,
    ),
    ("fcm", fcm_reply("UNAVAILABLE"), True, ("pending", "UNAVAILABLE"), True),
    ("fcm", fcm_reply("INTERNAL"), True, ("pending", "INTERNAL"), True),
    ("fcm", fcm_reply("QUOTA_EXCEEDED"), True, ("pending", "QUOTA_EXCEEDED"), True),
    ("fcm", fcm_reply("SENDER_ID_MISMATCH"), True, ("failed", "SENDER_ID_MISMATCH"), True),
    ("hms", hms_reply("80300007"), True, ("failed", "80300007"), False),
    ("hms", hms_reply("80300007"), False, ("failed", "80300007"), True),
    ("hms", hms_reply("80100001"), True, ("failed", "80100001"), True),
]


@pytest.mark.parametrize(("platform", "reply", "proved", "stored", "stays"), ANSWERS)
def test_answers(
    stand_in: StandIn,
    row: PushAppCredentials,
    platform: str,
    reply: Reply,
    proved: bool,
    stored: tuple[str, str],
    stays: bool,
) -> None:
    registered(platform)
    if proved:
        PushChannel.objects.update(delivered_at=timezone.now())
    answer(stand_in, platform, reply)
    write()
    assert send_due() == 1
    assert states() == [stored]
    assert PushDevice.objects.exists() is stays
    assert not PushChannel.objects.exclude(refused_at=None).exists()


@pytest.mark.parametrize("reason", ["InvalidProviderToken", "ExpiredProviderToken"])
def test_a_wrong_key_of_ours_is_an_alarm_and_costs_no_device(
    stand_in: StandIn, row: PushAppCredentials, reason: str
) -> None:
    registered("apns")
    answer(stand_in, "apns", apns_reply(reason), times=None)
    write()
    send_due()
    assert states() == [("pending", reason)]
    assert PushDevice.objects.exists()
    channel = PushChannel.objects.get(platform="apns")
    assert (channel.refused_reason, channel.refused_at is None) == (reason, False)
    stand_in.desks.reset()
    make_due()
    send_due()
    assert states() == [("sent", "")]
    assert PushChannel.objects.get(platform="apns").refused_at is None


def test_a_pause_that_the_provider_asks_for(stand_in: StandIn, row: PushAppCredentials) -> None:
    registered("fcm")
    answer(stand_in, "fcm", fcm_reply("UNAVAILABLE", **{"Retry-After": "120"}))
    write()
    before = timezone.now()
    send_due()
    pause = PushDelivery.objects.get().next_attempt_at - before
    assert timedelta(seconds=120) <= pause < timedelta(seconds=150)
