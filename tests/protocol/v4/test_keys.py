import pytest

from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import MalformedEncoding
from powerauth.protocol.v4.keys import (
    ActivationKeys,
    KeptUtilityKeys,
    application_temporary_key,
    password_key,
)
from powerauth.protocol.v4.primitives.kmac import kdf, kmac
from tests.protocol import vectors
from tests.protocol.vectors import Case

SECRET = bytes(range(32))
NAMES = {
    "possession": "KEY_AUTHENTICATION_CODE_POSSESSION",
    "knowledge": "KEY_AUTHENTICATION_CODE_KNOWLEDGE",
    "biometry": "KEY_AUTHENTICATION_CODE_BIOMETRY",
    "device_private": "KEK_DEVICE_PRIVATE",
    "app_vault_knowledge": "KDK_APP_VAULT_KNOWLEDGE",
    "app_vault_2fa": "KDK_APP_VAULT_2FA",
    "counter": "KEY_MAC_CTR_DATA",
    "status": "KEY_MAC_STATUS",
    "temporary_key": "KEY_MAC_GET_ACT_TEMP_KEY",
    "personalized_data": "KEY_MAC_PERSONALIZED_DATA",
    "shared_info2": "KEY_E2EE_SHARED_INFO2",
}
OF_THE_EXAMPLE = {
    "device_private": "kekDevicePrivate",
    "app_vault_knowledge": "kdkAppVaultKnowledge",
    "app_vault_2fa": "kdkAppVault2FA",
    "counter": "macCtrData",
    "status": "macStatus",
    "temporary_key": "macGetActTempKey",
    "personalized_data": "macPersonalizedData",
    "shared_info2": "e2eeSharedInfo2",
}


@vectors.each("v4/keys-v4.json: derived")
def test_derived_keys(case: Case) -> None:
    keys = ActivationKeys(case.binary("activationSecret"))
    for attribute, name in NAMES.items():
        assert getattr(keys, attribute) == case.binary(name), name


@vectors.each("v4/extra-v4.json: worked_example")
def test_keys_of_the_worked_example(case: Case) -> None:
    keys = ActivationKeys(case.binary("activationSecret"))
    for attribute in NAMES:
        expected = case["keys"][OF_THE_EXAMPLE.get(attribute, attribute)]
        assert b64(getattr(keys, attribute)) == expected, attribute


@pytest.mark.parametrize(
    "name", ["counter", "status", "temporary_key", "personalized_data", "shared_info2"]
)
def test_what_a_phone_keeps_gives_the_same_keys(name: str) -> None:
    keys = ActivationKeys(SECRET)
    assert getattr(KeptUtilityKeys(keys.utility), name) == getattr(keys, name)


@vectors.each("v4/keys-v4.json: application")
def test_application_temporary_key(case: Case) -> None:
    key = application_temporary_key(case["applicationSecret"])
    assert key == case.binary("KEY_MAC_GET_APP_TEMP_KEY")


@vectors.each("v4/keys-v4.json: password", "v4/extra-v4.json: password_kdf")
def test_password_key(case: Case) -> None:
    key = password_key(case["password"], case.binary("salt"), case["outputLength"])
    assert key == case.binary("derivedKey")


def test_trap_3_label_paths_repeat_the_prefix() -> None:
    branch = kdf(SECRET, "auth")
    assert ActivationKeys(SECRET).possession == kdf(branch, "auth/possession")
    assert ActivationKeys(SECRET).possession != kdf(branch, "possession")


def test_trap_4_application_key_comes_from_16_bytes() -> None:
    secret = bytes(range(16))
    assert application_temporary_key(b64(secret)) == kdf(secret, "util/mac/get-app-temp-key")
    padded = kmac(secret + bytes(16), b"\0\0\0\x19util/mac/get-app-temp-key\0\0\0\0", "PA4KDF")
    assert application_temporary_key(b64(secret)) != padded


def test_keys_of_an_activation_differ() -> None:
    keys = ActivationKeys(SECRET)
    assert len({getattr(keys, attribute) for attribute in NAMES}) == len(NAMES)


def test_secret_stays_out_of_repr() -> None:
    assert repr(ActivationKeys(SECRET)) == "ActivationKeys()"


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_refuse_a_secret_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ActivationKeys(bytes(size))


@pytest.mark.parametrize("text", ["", "AAAA", b64(bytes(32)), "!"])
def test_refuse_an_application_secret_of_another_size(text: str) -> None:
    with pytest.raises(MalformedEncoding):
        application_temporary_key(text)


def test_refuse_a_short_salt() -> None:
    assert len(password_key("1234", bytes(32), 16)) == 16
    with pytest.raises(ValueError, match="salt"):
        password_key("1234", bytes(31))
