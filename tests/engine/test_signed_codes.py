"""Signatures of activation codes by every master key: protocol-4.md 20.2 and 39.1."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import activation_init, signed_codes
from powerauth.engine.activations.activation_init import InitializedActivation, InitRequest
from powerauth.engine.applications import application_config, master_keys
from powerauth.engine.applications.config_values import ALGORITHMS
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, MasterKeyPair
from powerauth.protocol.activation_code import verify_activation_code
from powerauth.protocol.v4.application_keys import verify_activation_code as verify_all
from powerauth.protocol.v4.application_keys import verify_qr_signature
from powerauth.protocol.v4.primitives.signing import ECDSA_P256, ECDSA_P384, SIGNING_ALGORITHMS
from tests.bank import Bank

LABELS = {each.label for each in SIGNING_ALGORITHMS.values() if each.is_available()}


@pytest.fixture
def new(bank: Bank) -> InitializedActivation:
    request = InitRequest(user_id="alice", application_id=bank.application.id)
    return activation_init.init(request, at=timezone.now())


def test_each_master_key_signs_the_code(bank: Bank, new: InitializedActivation) -> None:
    keys = master_keys.public_keys(bank.application.id)
    assert set(new.activation_signatures) == LABELS
    assert verify_all(keys, new.activation_code, new.activation_signatures)
    assert not verify_all(keys, "AAAAA-AAAAA-AAAAA-AAAAA", new.activation_signatures)
    master_key = keys[ECDSA_P256.name]
    assert verify_activation_code(master_key, new.activation_code, new.activation_signature)


def test_the_code_of_an_application_of_before_has_one_signature(bank: Bank) -> None:
    MasterKeyPair.objects.exclude(algorithm=ECDSA_P256.name).delete()
    request = InitRequest(user_id="alice", application_id=bank.application.id)
    assert set(activation_init.init(request, at=timezone.now()).activation_signatures) == {"ES256"}


@pytest.mark.parametrize(
    ("allowed", "algorithm"),
    [
        ([], ECDSA_P256),
        (["EC_P256", "EC_P384"], ECDSA_P256),
        (["EC_P384", "EC_P384_ML_L3"], ECDSA_P384),
    ],
    ids=["all", "both", "4.0 only"],
)
def test_a_qr_code_has_the_signature_that_all_its_readers_know(
    bank: Bank,
    new: InitializedActivation,
    allowed: list[str],
    algorithm: object,
) -> None:
    application_id = bank.application.id
    application_config.store(application_id, ALGORITHMS, allowed)
    assert signed_codes.in_qr_code(application_id) is algorithm
    activation = Activation.objects.get(pk=new.activation.pk)
    code, _, signature = signed_codes.qr_text(activation).partition("#")
    keys = master_keys.public_keys(application_id)
    assert code == new.activation_code
    assert verify_qr_signature(keys, code, signature)
    assert verify_activation_code(keys[ECDSA_P256.name], code, signature) is (
        algorithm is ECDSA_P256
    )


def test_an_application_that_lacks_the_key_of_its_readers(
    bank: Bank, new: InitializedActivation
) -> None:
    application_config.store(bank.application.id, ALGORITHMS, ["EC_P384"])
    assert signed_codes.scanned(new.activation_signatures, bank.application.id)
    with pytest.raises(EngineRefusal) as refused:
        signed_codes.scanned({"ES256": new.activation_signature}, bank.application.id)
    assert refused.value.code is ErrorCode.NO_MASTER_KEY_PAIR


def test_no_reader_of_version_3_is_left_where_it_is_not_admitted(
    bank: Bank, settings: Settings
) -> None:
    assert signed_codes.in_qr_code(bank.application.id) is ECDSA_P256
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    assert signed_codes.in_qr_code(bank.application.id) is ECDSA_P384
