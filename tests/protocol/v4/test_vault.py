import pytest

from powerauth.protocol.errors import MalformedPayload
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.vault import VaultKey
from tests.protocol import vectors
from tests.protocol.vectors import Case

PK, PB = SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY


@vectors.each("v4/keys-v4.json: derived")
def test_keys(case: Case) -> None:
    keys = ActivationKeys(case.binary("activationSecret"))
    for key in VaultKey:
        assert key.of(keys) == case.binary(key.value)


def test_each_name_has_its_key() -> None:
    keys = ActivationKeys(bytes(range(32)))
    values = [VaultKey.parse(name).of(keys) for name in VaultKey]
    assert values == [keys.device_private, keys.app_vault_2fa, keys.app_vault_knowledge]
    assert len(set(values)) == 3


@pytest.mark.parametrize("name", ["", "kek_device_private", "KDK_UTILITY", None, 4, []])
def test_refuse_other_names(name: object) -> None:
    with pytest.raises(MalformedPayload):
        VaultKey.parse(name)


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        (VaultKey.KEK_DEVICE_PRIVATE, {PK, PB}),
        (VaultKey.KDK_APP_VAULT_2FA, {PK, PB}),
        (VaultKey.KDK_APP_VAULT_KNOWLEDGE, {PK}),
    ],
)
def test_factors(key: VaultKey, kinds: set[SignatureType]) -> None:
    assert {kind for kind in SignatureType if key.opens_to(kind)} == kinds


def test_application_may_keep_biometry_from_the_device_key() -> None:
    allowed = {
        (key, kind)
        for key in VaultKey
        for kind in SignatureType
        if key.opens_to(kind, biometry_opens_device_key=False)
    }
    assert allowed == {
        (VaultKey.KEK_DEVICE_PRIVATE, PK),
        (VaultKey.KDK_APP_VAULT_2FA, PK),
        (VaultKey.KDK_APP_VAULT_2FA, PB),
        (VaultKey.KDK_APP_VAULT_KNOWLEDGE, PK),
    }
