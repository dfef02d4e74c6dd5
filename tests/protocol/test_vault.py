import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.errors import MalformedEncoding
from powerauth.protocol.keys import derive_activation_keys, key_pair_of, master_secret
from powerauth.protocol.primitives import ZERO_IV, aes_cbc_encrypt
from powerauth.protocol.v3 import vault
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded
from tests.protocol.vectors import Case

KEYS = derive_activation_keys(bytes(range(16)))


@vectors.each("extra.json: vault")
def test_vault(case: Case) -> None:
    server, device = case.binary("serverPrivateKey"), case.binary("devicePrivateKey")
    keys = derive_activation_keys(master_secret(server, case.binary("devicePublicKey")))
    encrypted = vault.encrypt_vault_key(keys)
    assert keys.transport == case.binary("transportKey")
    assert keys.vault == case.binary("vaultEncryptionKey")
    assert encrypted == case.binary("encryptedVaultEncryptionKey")
    assert vault.decrypt_vault_key(keys.transport, encrypted) == keys.vault
    stored = case.binary("encryptedDevicePrivateKey")
    assert vault.encrypt_device_key(keys.vault, device) == stored
    opened = vault.decrypt_device_key(keys.vault, stored)
    assert key_pair_of(opened).public_key == case.binary("devicePublicKey")


def test_vault_key_travels_in_32_bytes() -> None:
    encrypted = vault.encrypt_vault_key(KEYS)
    assert len(encrypted) == 32
    assert vault.decrypt_vault_key(KEYS.transport, encrypted) == KEYS.vault


@pytest.mark.parametrize("size", [0, 15, 17, 32])
def test_refuse_vault_key_of_another_size(size: int) -> None:
    encrypted = aes_cbc_encrypt(KEYS.transport, ZERO_IV, bytes(size))
    with pytest.raises(MalformedEncoding):
        vault.decrypt_vault_key(KEYS.transport, encrypted)


@given(st.binary(max_size=50).filter(lambda data: len(data) != 32))
@bounded
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedEncoding):
        vault.decrypt_vault_key(KEYS.transport, data)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("ADD_BIOMETRY", True),
        ("FETCH_ENCRYPTION_KEY", True),
        ("SIGN_WITH_DEVICE_PRIVATE_KEY", True),
        ("RECOVERY_CODE", True),
        ("a-b.c_9", True),
        ("a" * 255, True),
        ("a" * 256, False),
        ("ab", False),
        ("", False),
        ("with space", False),
        ("ADD_BIOMETRY\n", False),
        ("ÄDD", False),
    ],
)
def test_unlock_reason(text: str, valid: bool) -> None:
    assert vault.is_unlock_reason(text) is valid
