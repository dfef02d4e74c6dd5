"""Which algorithms activations begin with, and which versions are admitted: protocol-4.md 34.1."""

from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.applications import application_config
from powerauth.engine.applications.config_values import ALGORITHMS
from powerauth.engine.encryption import temporary_keys
from powerauth.engine.generations import choice
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, TemporaryKey
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.suites import EC_P384
from tests.api.integration.activations.test_create import exchange
from tests.api.integration.activations.test_prepare import preparing
from tests.api.integration.back_end import ok, refused
from tests.api.integration.cryptography.test_decryptor import asking
from tests.api.integration.cryptography.test_offline_signatures import given
from tests.api.integration.phone_calls import attempts, digest, sealed, signed
from tests.api.integration.trees import session_v4
from tests.bank import PIN, VERSIONS, Bank
from tests.engine.generations_four.phone import new_phone
from tests.engine.upgrades.moving import Moving

pytestmark = pytest.mark.django_db

START = "/pa/upgrade/start"


def admit_4_only(bank: Bank) -> None:
    application_config.store(bank.application.id, ALGORITHMS, ["EC_P384", "EC_P384_ML_L3"])


# --- algorithms -----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS[:4])
def test_no_activation_of_version_3_begins(
    http: requests.Session, bank: Bank, version: str
) -> None:
    phone, code = bank.blank_phone(version=version), bank.code("alice")
    admit_4_only(bank)
    assert refused(http, "activation/prepare", **preparing(phone, code)[0]) == "ERR0046"
    row = Activation.objects.get()
    assert (row.state, row.failed_attempts, row.version) == (ActivationState.CREATED, 0, None)
    assert refused(http, "activation/create", **exchange(phone)) == "ERR0046"
    assert Activation.objects.count() == 1
    application_config.remove(bank.application.id, ALGORITHMS)
    ok(http, "activation/prepare", **preparing(phone, code)[0])


def test_activations_that_there_are_go_on(http: requests.Session, alice: Phone, bank: Bank) -> None:
    token = digest(alice)
    admit_4_only(bank)
    assert ok(http, "signature/verify", **signed(alice))["signatureValid"] is True
    assert ok(http, "token/validate", **token)["tokenValid"] is True
    assert alice.status().state == ActivationState.ACTIVE
    ok(http, "ecies/decryptor", **asking(alice, Encryptor.ACTIVATION_GENERIC)[0])


@pytest.mark.parametrize("allowed", [["EC_P256"], ["EC_P384_ML_L3", "EC_P384_ML_L5"]])
def test_trap_26_no_temporary_key_for_a_suite_that_is_not_allowed(
    bank: Bank, allowed: list[str]
) -> None:
    phone = new_phone(bank.application, EC_P384)
    jwt, _ = phone.key_request(Scope.APPLICATION)
    temporary_keys.create(jwt, generation=choice.FOUR, at=timezone.now())
    application_config.store(bank.application.id, ALGORITHMS, allowed)
    with pytest.raises(EngineRefusal) as refusal:
        temporary_keys.create(jwt, generation=choice.FOUR, at=timezone.now())
    assert refusal.value.code is ErrorCode.ALGORITHM_NOT_SUPPORTED
    assert TemporaryKey.objects.count() == 1


# --- minimum version ------------------------------------------------------------------------------


@pytest.fixture
def only_4(settings: Settings) -> Settings:
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    return settings


@pytest.mark.parametrize("version", VERSIONS[:4])
def test_nothing_of_protocol_3_is_admitted(
    http: requests.Session, bank: Bank, version: str, settings: Settings
) -> None:
    phone, new = bank.phone("alice", version=version), bank.blank_phone(version=version)
    code = bank.code("bob")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("activation/prepare", preparing(new, code)[0]),
        ("activation/create", exchange(new)),
        ("signature/verify", signed(phone)),
        ("token/validate", digest(phone)),
        (
            "token/create",
            {
                **sealed(phone, Encryptor.CREATE_TOKEN)[0],
                "activationId": phone.activation_id,
                "signatureType": "POSSESSION",
            },
        ),
        ("ecies/decryptor", asking(phone, Encryptor.ACTIVATION_GENERIC)[0]),
        ("ecies/decryptor", asking(phone, Encryptor.APPLICATION_GENERIC)[0]),
        ("signature/offline/verify", given(phone, "12345678-12345678")),
        (
            "signature/ecdsa/verify",
            {"activationId": phone.activation_id, "data": b64(b"x"), "signature": b64(b"x")},
        ),
    ]
    before = attempts(phone)
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    for path, members in calls:
        assert refused(http, path, **members) == "ERR0047", path
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "3.0"
    assert attempts(phone) == before
    # Nothing was used up by what was refused.
    for path, members in calls:
        ok(http, path, **members)


def test_what_phones_need_to_learn_of_the_upgrade_is_left(
    http: requests.Session, alice: Phone, only_4: Settings
) -> None:
    only_4.POWERAUTH_UPGRADE_VERSION = 4
    assert alice.status().upgrade_version == 4
    status = ok(http, "activation/status", activationId=alice.activation_id)
    assert status["activationStatus"] == "ACTIVE"


def test_the_code_that_begins_an_upgrade_is_admitted(
    http: requests.Session, bank: Bank, only_4: Settings
) -> None:
    only_4.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "3.0"
    phone, older = bank.phone("alice"), bank.phone("bob", version="3.2")
    only_4.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    begun = signed(phone, resource_id=START)
    assert ok(http, "signature/verify", **begun)["signatureValid"] is True
    for another in ("/pa/upgrade/confirm", "/operation/authorize", START + "/", "/pa/token/create"):
        members = signed(phone, resource_id=another)
        assert refused(http, "signature/verify", **members) == "ERR0047"
    assert refused(http, "signature/verify", **signed(older, resource_id=START)) == "ERR0047"
    assert attempts(phone)[1] == attempts(older)[1] == 0


def test_the_other_tree_refuses_as_well(bank: Bank, alice: Phone, settings: Settings) -> None:
    back_end, code = session_v4(), signed(alice)
    members = {"authenticationVersion": code.pop("signatureVersion"), **code}
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    assert refused(back_end, "auth/verify", **members) == "ERR0047"
    detail = ok(back_end, "application/detail", applicationId=bank.application.id)
    assert "EC_P256" not in detail["supportedAlgorithms"]
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "3.0"
    assert ok(back_end, "auth/verify", **members)["signatureValid"] is True
    detail = ok(back_end, "application/detail", applicationId=bank.application.id)
    assert detail["supportedAlgorithms"][0] == "EC_P256"


def test_phones_of_protocol_4_notice_nothing(bank: Bank, only_4: Settings) -> None:
    phone = bank.phone("alice", version="4.0")
    assert phone.validate_signature(pin=PIN).ok


def test_an_activation_moves_up_where_protocol_3_is_not_admitted(
    bank: Bank, settings: Settings
) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    moving = Moving.of(bank, EC_P384)
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    assert not moving.works_as_before()
    moving.start()
    assert moving.confirm().valid
    assert moving.works_as_new()
