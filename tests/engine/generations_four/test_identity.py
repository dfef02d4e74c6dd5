"""Status, fingerprint and signatures of generation 4: protocol-4.md 20.3, 27, 29."""

import pytest

from powerauth.engine.activations import activation_status
from powerauth.engine.generations import four
from powerauth.engine.signatures import key_pairs
from powerauth.engine.signatures.key_pairs import Kind
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationKey, ActivationState, KeySide
from powerauth.protocol.curves import P384
from powerauth.protocol.errors import UnsupportedSuite
from powerauth.protocol.v4.status_blob import StatusBlob, counter_distance, read_status
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4, configure


def status_of(phone: Phone4) -> StatusBlob:
    answer = activation_status.answer(phone.row, None, generation=four.GENERATION)
    assert (len(answer.blob), answer.nonce) == (80, None)
    return read_status(answer.blob, phone.keys)


def test_status(each_phone: Phone4) -> None:
    told = status_of(each_phone)
    assert (told.state, told.current_version, told.upgrade_version) == (3, 4, 4)
    assert (told.counter, told.failed_attempts, told.max_failed_attempts) == (0, 0, 5)
    assert told.look_ahead == 20
    flags = (told.confirmation_pending, told.upgrade_pending, told.suite_not_allowed)
    assert (*flags, told.biometry_enabled) == (True, False, False, False)
    assert each_phone.sign().valid
    assert not each_phone.sign(knowledge=bytes(32)).valid
    told = status_of(each_phone)
    assert (told.counter, told.failed_attempts) == (1, 1)
    # The phone moved on with the code that was refused.
    distance = counter_distance(
        told, keys=each_phone.keys, ctr_data=bytes(each_phone.row.ctr_data_4), look_ahead=20
    )
    assert distance == 0


@pytest.mark.parametrize(
    ("columns", "flag"),
    [
        ({"confirmation_pending": False}, "confirmation_pending"),
        ({"pending_suite": "EC_P384"}, "upgrade_pending"),
        ({"biometry_enabled": True}, "biometry_enabled"),
    ],
)
def test_flags(phone: Phone4, columns: dict[str, object], flag: str) -> None:
    before = status_of(phone)
    Activation.objects.update(**columns)
    assert getattr(status_of(phone), flag) is not getattr(before, flag)


def test_a_suite_that_is_allowed_no_more(bank: Bank, each_phone: Phone4) -> None:
    configure(bank.application, "cryptography_algorithms_supported", ["EC_P256"])
    assert status_of(each_phone).suite_not_allowed
    assert each_phone.sign().valid
    configure(bank.application, "cryptography_algorithms_supported", [each_phone.suite.name])
    assert not status_of(each_phone).suite_not_allowed


@pytest.mark.parametrize("state", [2, 4, 5])
def test_every_state_has_a_status(phone: Phone4, state: int) -> None:
    Activation.objects.update(state=state)
    assert status_of(phone).state == state


def test_a_fingerprint_of_missing_keys(phone: Phone4) -> None:
    ActivationKey.objects.filter(side=KeySide.DEVICE).delete()
    with pytest.raises(UnsupportedSuite):
        four.GENERATION.identity.fingerprint(phone.row)


def test_signatures_of_the_device(each_phone: Phone4) -> None:
    private = each_phone.device.device_pairs[0].private_key
    der = P384.sign(private, b"data")
    jose = P384.der_to_jose(der)
    activation_id = each_phone.activation_id
    assert key_pairs.verify(activation_id, b"data", der)
    assert key_pairs.verify(activation_id, b"data", jose, jose=True)
    assert not key_pairs.verify(activation_id, b"other", der)
    assert not key_pairs.verify(activation_id, b"data", jose)
    assert not key_pairs.verify(activation_id, b"data", der, jose=True)
    assert not key_pairs.verify(activation_id, b"data", b"")
    Activation.objects.update(state=ActivationState.BLOCKED)
    assert not key_pairs.verify(activation_id, b"data", der)


def test_signatures_of_the_server(each_phone: Phone4) -> None:
    assert each_phone.server_keys is not None
    signature = key_pairs.sign(each_phone.activation_id, b"data")[Kind.ECDSA]
    assert P384.verify(each_phone.server_keys.ecdsa, b"data", signature)
    ActivationKey.objects.all().delete()
    with pytest.raises(EngineRefusal) as refused:
        key_pairs.sign(each_phone.activation_id, b"data")
    assert refused.value.code is ErrorCode.ACTIVATION_STATE
