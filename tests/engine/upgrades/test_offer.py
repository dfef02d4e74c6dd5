"""Byte 6 of the status of protocol 3: protocol-4.md 27.3."""

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from powerauth.engine.activations import activation_status, lifecycle
from powerauth.engine.generations.four import allowed_suites
from powerauth.engine.upgrades import offer
from powerauth.models import ActivationState
from powerauth.protocol.v4.suites import SUITES
from tests.bank import Bank
from tests.engine.generations_four.phone import configure
from tests.engine.upgrades.moving import Moving
from tests.engine.upgrades.test_start import SUITES_KEY


def told(phone: Moving) -> tuple[int, int]:
    status = phone.old.status()
    return status.current_version, status.upgrade_version


def test_it_is_offered_to_an_active_activation(phone: Moving) -> None:
    assert told(phone) == (3, 4)


@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2", "3.3"])
def test_it_is_offered_in_every_version(bank: Bank, version: str) -> None:
    assert bank.phone("alice", version=version).status().upgrade_version == 4


def test_nothing_is_offered_unless_a_setting_says_so(phone: Moving, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 3
    assert told(phone) == (3, 3)


def test_an_offer_that_is_not_made_reads_nothing(
    phone: Moving, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 3
    row = phone.row
    with django_assert_num_queries(0):
        assert offer.version_for(row, 3) == 3
    settings.POWERAUTH_UPGRADE_VERSION = 4
    with django_assert_num_queries(1):
        assert offer.version_for(row, 3) == 4


@pytest.mark.parametrize(
    ("allowed", "version"),
    [
        (["EC_P256"], 3),
        (["ML_L3"], 3),
        (["EC_P256", "EC_P384"], 4),
        (["EC_P384_ML_L5"], 4),
        ([], 4),
    ],
    ids=str,
)
def test_the_application_has_to_allow_a_suite(
    phone: Moving, allowed: list[str], version: int
) -> None:
    configure(phone.application, SUITES_KEY, allowed)
    assert told(phone) == (3, version)


def test_the_server_has_to_be_able_to_do_it(phone: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(phone.application, SUITES_KEY, [SUITES[-1].name])
    assert told(phone) == (3, 4)
    monkeypatch.setattr(allowed_suites, "available_suites", lambda: SUITES[:1])
    assert told(phone) == (3, 3)


def test_only_an_active_activation_could_begin(phone: Moving, bank: Bank) -> None:
    now = timezone.now()
    assert bank.phone("bob", commit=False).status().upgrade_version == 3
    lifecycle.block(phone.old.activation_id, at=now)
    assert told(phone) == (3, 3)
    lifecycle.unblock(phone.old.activation_id, at=now)
    assert told(phone) == (3, 4)
    lifecycle.remove(phone.old.activation_id, at=now)
    assert (phone.old.status().state, *told(phone)) == (ActivationState.REMOVED, 3, 3)


def test_it_is_offered_until_it_is_confirmed(phone: Moving) -> None:
    phone.start()
    assert told(phone) == (3, 4)
    assert phone.confirm().valid
    # What asks as protocol 3 learns nothing of an activation of protocol 4.
    answer = activation_status.answer(phone.row, bytes(16))
    assert len(answer.blob) == 32
    with pytest.raises(Exception, match="status"):
        phone.old.status()
