"""`/pa/v4/vault/unlock`: protocol-4.md 28."""

import pytest

from powerauth.models import Activation, ActivationState, SignatureAudit
from powerauth.protocol.encoding import b64d
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.vault import VaultKey
from tests.api.answers import outcome
from tests.api.standard.v4.phone import WirePhone, opened
from tests.api.standard.v4.wire import CODE_INVALID, NO_VAULT, WRONG, P, attempts
from tests.bank import Bank
from tests.engine.generations_four.phone import PB, PK, Sealed, configure

PATH = "/vault/unlock"
DEVICE, TWO_FACTORS, KNOWLEDGE = (
    "KEK_DEVICE_PRIVATE",
    "KDK_APP_VAULT_2FA",
    "KDK_APP_VAULT_KNOWLEDGE",
)


def wish(phone: WirePhone, key: object = DEVICE, **members: object) -> Sealed:
    return phone.seal({"keyIdentifier": key, **members}, Encryptor.VAULT_UNLOCK)


@pytest.mark.main_path
@pytest.mark.parametrize(
    ("key", "kind", "unlocked"),
    [
        (DEVICE, PK, True),
        (DEVICE, PB, True),
        (DEVICE, P, False),
        (TWO_FACTORS, PK, True),
        (TWO_FACTORS, PB, True),
        (KNOWLEDGE, PK, True),
        (KNOWLEDGE, PB, False),
    ],
)
def test_each_key_by_each_type(
    each_phone: WirePhone, key: str, kind: SignatureType, unlocked: bool
) -> None:
    each_phone.confirm(enable_biometry=True)
    before = attempts(each_phone)
    sealed = wish(each_phone, key, reason="SIGN_WITH_DEVICE_PRIVATE_KEY")
    answer = each_phone.post_sealed_signed(PATH, sealed, kind)
    if unlocked:
        found = b64d(opened(sealed.envelope, answer)["vaultEncryptionKey"])
        assert found == VaultKey.parse(key).of(each_phone.keys)
        assert attempts(each_phone) == (before[0] + 1, 0)
        told = SignatureAudit.objects.order_by("-id")[0].additional_info
        assert told["VAULT_UNLOCKED_REASON"] == "SIGN_WITH_DEVICE_PRIVATE_KEY"
    else:
        assert outcome(answer) == NO_VAULT
        assert attempts(each_phone) == before


def test_the_bank_may_forbid_biometry(bank: Bank, phone: WirePhone) -> None:
    phone.confirm(enable_biometry=True)
    configure(bank.application, "disable_biometry_unlock_kek_device_private", ["true"])
    assert outcome(phone.post_sealed_signed(PATH, wish(phone), PB)) == NO_VAULT
    assert phone.post_sealed_signed(PATH, wish(phone), PK).status == 200
    assert phone.post_sealed_signed(PATH, wish(phone, TWO_FACTORS), PB).status == 200


def test_a_wrong_code_counts_once(each_phone: WirePhone) -> None:
    answer = each_phone.post_sealed_signed(PATH, wish(each_phone), knowledge=WRONG)
    assert outcome(answer) == CODE_INVALID
    assert attempts(each_phone) == (0, 1)


@pytest.mark.parametrize("key", [None, "", "KEK", 1, [], "kek_device_private"])
def test_unknown_keys_cost_nothing(phone: WirePhone, key: object) -> None:
    """The key is looked at before the code is compared, right or wrong."""
    for replaced in ({}, {"knowledge": WRONG}):
        answer = phone.post_sealed_signed(PATH, wish(phone, key), PK, None, **replaced)
        assert outcome(answer) == NO_VAULT
    assert attempts(phone) == (0, 0)


@pytest.mark.parametrize("reason", ["", "no spaces, please", 1, [], "x" * 300])
def test_bad_reasons(phone: WirePhone, reason: object) -> None:
    assert outcome(phone.post_sealed_signed(PATH, wish(phone, reason=reason))) == NO_VAULT
    assert attempts(phone) == (0, 0)


def test_the_same_envelope_under_another_code(phone: WirePhone) -> None:
    sealed = wish(phone)
    assert phone.post_sealed_signed(PATH, sealed).status == 200
    assert outcome(phone.post_sealed_signed(PATH, sealed)) == NO_VAULT


def test_another_encryptor(phone: WirePhone) -> None:
    sealed = phone.seal({"keyIdentifier": DEVICE}, Encryptor.ACTIVATION_GENERIC)
    assert outcome(phone.post_sealed_signed(PATH, sealed)) == NO_VAULT


def test_an_envelope_of_somebody_else(phone: WirePhone, other_phone: WirePhone) -> None:
    headers = other_phone.encryption_header(Encryptor.VAULT_UNLOCK.scope)
    answer = phone.post_sealed_signed(PATH, wish(other_phone), headers=headers)
    assert outcome(answer) == CODE_INVALID
    assert attempts(phone) == attempts(other_phone) == (0, 0)


@pytest.mark.parametrize(
    "state",
    [ActivationState.PENDING_COMMIT, ActivationState.BLOCKED, ActivationState.REMOVED],
)
def test_other_states(phone: WirePhone, state: ActivationState) -> None:
    sealed = wish(phone)
    Activation.objects.update(state=state)
    assert outcome(phone.post_sealed_signed(PATH, sealed)) == CODE_INVALID


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
def test_what_is_not_encrypted(phone: WirePhone, body: bytes) -> None:
    """As below `/pa/v3`: a parameter that is missing is answered like a missing code."""
    assert outcome(phone.post_signed(PATH, "/pa/vault/unlock", body)) == CODE_INVALID
    assert outcome(phone.post_sealed(PATH, wish(phone), {})) == CODE_INVALID
