import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol import keys
from powerauth.protocol.errors import MalformedEncoding, MalformedKey, ProtocolError
from powerauth.protocol.primitives import decimal_truncation, sha256
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_bytes
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PAIR = keys.generate_key_pair(FixedRandom("keys"))
OTHER = keys.generate_key_pair(FixedRandom("other keys"))


@vectors.each("compute-master-secret-key.json", "mobile-sdk/compute-master-secret-key.json")
def test_master_secret(case: Case) -> None:
    server, device = case.binary("serverPrivateKey"), case.binary("devicePrivateKey")
    server_public, device_public = case.binary("serverPublicKey"), case.binary("devicePublicKey")
    assert keys.master_secret(server, device_public) == case.binary("masterSecretKey")
    assert keys.master_secret(device, server_public) == case.binary("masterSecretKey")
    assert keys.key_pair_of(server).public_key == keys.normalize_public_key(server_public)
    assert keys.key_pair_of(device).public_key == keys.normalize_public_key(device_public)


@vectors.each("compute-derived-keys.json", "mobile-sdk/compute-derived-keys.json")
def test_derived_keys(case: Case) -> None:
    derived = keys.derive_activation_keys(case.binary("masterSecretKey"))
    assert derived.possession == case.binary("signaturePossessionKey")
    assert derived.knowledge == case.binary("signatureKnowledgeKey")
    assert derived.biometry == case.binary("signatureBiometryKey")
    assert derived.transport == case.binary("transportKey")
    assert derived.vault == case.binary("vaultEncryptionKey")


@vectors.each("extra.json: ecdh_leading_zero")
def test_ecdh_keeps_leading_zeros(case: Case) -> None:
    private_key = case.binary("serverPrivateKey")
    for form in ("devicePublicKey", "devicePublicKeyCompressed"):
        assert keys.ecdh(private_key, case.binary(form)) == case.binary("sharedSecret32")
        assert keys.master_secret(private_key, case.binary(form)) == case.binary("masterSecretKey")


@vectors.each("extra.json: ecdsa_verify")
def test_verify(case: Case) -> None:
    public_key, signature = case.hex("publicKeyHex"), case.hex("signatureHex")
    assert keys.verify(public_key, case.hex("dataHex"), signature) is case["valid"]


@vectors.each("extra.json: public_key_valid")
def test_accept_public_key(case: Case) -> None:
    point = keys.normalize_public_key(case.binary("publicKey"))
    assert len(point) == 65
    if case["x"] is not None:
        assert int.from_bytes(point[1:33], "big") == int.from_bytes(case.binary("x"), "big")
        assert int.from_bytes(point[33:], "big") == int.from_bytes(case.binary("y"), "big")


@vectors.each("extra.json: public_key_invalid")
def test_refuse_public_key(case: Case) -> None:
    with pytest.raises(MalformedKey):
        keys.normalize_public_key(case.binary("publicKey"))


@vectors.each(
    "public-key-fingerprint-v3.json",
    "extra.json: activation_fingerprint",
    "extra.json: fingerprint_short_x",
)
def test_activation_fingerprint(case: Case) -> None:
    device, server = case.binary("devicePublicKey"), case.binary("serverPublicKey")
    fingerprint = keys.activation_fingerprint(device, case["activationId"], server)
    assert fingerprint == case["fingerprint"]


def test_fingerprint_drops_leading_zeros_and_ecdh_keeps_them() -> None:
    device = keys.key_pair_of((379).to_bytes(2, "big")).public_key
    assert device[1] == 0
    identified = device[1:33].lstrip(b"\0") + b"id" + PAIR.public_key[1:33].lstrip(b"\0")
    expected = decimal_truncation(sha256(identified), 8)
    assert keys.activation_fingerprint(device, "id", PAIR.public_key) == expected
    secret = keys.ecdh((279).to_bytes(2, "big"), PAIR.public_key)
    assert (len(secret), secret[0]) == (32, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x04",
        bytes(33),
        bytes(65),
        b"\x05" + PAIR.public_key[1:33],
        b"\x06" + PAIR.public_key[1:],
        b"\x07" + PAIR.public_key[1:],
        PAIR.public_key[1:],
        PAIR.public_key[:64],
        PAIR.public_key + b"\x00",
        b"\x02" + b"\xff" * 32,
        b"\x04" + b"\x00" * 64,
    ],
)
def test_refuse_malformed_points(data: bytes) -> None:
    for use in (
        lambda: keys.normalize_public_key(data),
        lambda: keys.ecdh(PAIR.private_key, data),
        lambda: keys.verify(data, b"data", b""),
        lambda: keys.ephemeral_ecdh(data, FixedRandom("ephemeral")),
    ):
        with pytest.raises(MalformedKey):
            use()


def test_compressed_and_uncompressed_points_are_one_key() -> None:
    compressed = bytes([2 + PAIR.public_key[-1] % 2]) + PAIR.public_key[1:33]
    assert keys.normalize_public_key(compressed) == PAIR.public_key
    assert keys.normalize_public_key(PAIR.public_key) == PAIR.public_key


def test_private_key_may_have_any_length() -> None:
    for padded in (PAIR.private_key, b"\0" + PAIR.private_key, bytes(40) + PAIR.private_key):
        assert keys.key_pair_of(padded) == PAIR
    short = keys.key_pair_of(b"\x05")
    assert short.private_key == bytes(31) + b"\x05"


@pytest.mark.parametrize("scalar", [0, ORDER, ORDER + 1, 2**256, 2**300])
def test_refuse_private_key_out_of_range(scalar: int) -> None:
    data = scalar.to_bytes(40, "big")
    for use in (
        lambda: keys.key_pair_of(data),
        lambda: keys.sign(data, b""),
        lambda: keys.ecdh(data, PAIR.public_key),
    ):
        with pytest.raises(MalformedKey):
            use()


def test_refuse_empty_private_key() -> None:
    with pytest.raises(MalformedKey):
        keys.key_pair_of(b"")


@pytest.mark.parametrize("filler", [b"\x00", b"\xff"])
def test_generation_ends_with_any_random(filler: bytes) -> None:
    pair = keys.generate_key_pair(lambda size: filler * size)
    assert keys.key_pair_of(pair.private_key) == pair


def test_generated_keys_differ() -> None:
    assert keys.generate_key_pair().private_key != keys.generate_key_pair().private_key


def test_ephemeral_agreement_is_an_ordinary_one() -> None:
    public_key, secret = keys.ephemeral_ecdh(PAIR.public_key, FixedRandom("ephemeral"))
    assert keys.ecdh(PAIR.private_key, public_key) == secret
    assert public_key == keys.generate_key_pair(FixedRandom("ephemeral")).public_key


def test_sign_is_deterministic_and_verifies() -> None:
    signature = keys.sign(PAIR.private_key, b"data")
    assert signature == keys.sign(PAIR.private_key, b"data")
    assert keys.verify(PAIR.public_key, b"data", signature)
    assert not keys.verify(PAIR.public_key, b"other", signature)
    assert not keys.verify(OTHER.public_key, b"data", signature)


def test_high_and_low_s_verify() -> None:
    jose = keys.der_to_jose(keys.sign(PAIR.private_key, b"data"))
    s = ORDER - int.from_bytes(jose[32:], "big")
    other = keys.jose_to_der(jose[:32] + s.to_bytes(32, "big"))
    assert keys.verify(PAIR.public_key, b"data", other)


def test_no_flipped_bit_of_a_signature_verifies() -> None:
    signature = keys.sign(PAIR.private_key, b"data")
    assert not any(keys.verify(PAIR.public_key, b"data", bad) for bad in flipped_bytes(signature))


@given(st.binary(max_size=80))
@bounded
def test_garbage_is_no_signature(garbage: bytes) -> None:
    assert keys.verify(PAIR.public_key, b"data", garbage) is False


@given(st.binary(max_size=70) | st.binary(min_size=33, max_size=33))
@bounded
def test_any_bytes_are_a_key_or_refused(data: bytes) -> None:
    for use in (keys.normalize_public_key, lambda scalar: keys.key_pair_of(scalar).public_key):
        try:
            public_key = use(data)
        except ProtocolError:
            continue
        # What is accepted is a point in its one stored form.
        assert len(public_key) == 65
        assert keys.normalize_public_key(public_key) == public_key


def test_jose_round_trip() -> None:
    der = keys.sign(PAIR.private_key, b"data")
    jose = keys.der_to_jose(der)
    assert len(jose) == 64
    assert keys.jose_to_der(jose) == der
    assert keys.jose_to_der(bytes(64)) == bytes.fromhex("3006020100020100")


@pytest.mark.parametrize("data", [b"", b"\x30", bytes(70), bytes.fromhex("30060201ff020101")])
def test_refuse_malformed_der(data: bytes) -> None:
    with pytest.raises(MalformedEncoding):
        keys.der_to_jose(data)


def test_refuse_der_of_a_larger_curve() -> None:
    number = "022100" + "ff" * 32
    assert keys.der_to_jose(bytes.fromhex("3046" + number * 2)) == b"\xff" * 64
    larger = "022201" + "ff" * 33
    with pytest.raises(MalformedEncoding):
        keys.der_to_jose(bytes.fromhex("3048" + larger * 2))


@pytest.mark.parametrize("size", [0, 63, 65])
def test_refuse_jose_of_another_size(size: int) -> None:
    with pytest.raises(MalformedEncoding):
        keys.jose_to_der(bytes(size))


def test_activation_keys_round_trip() -> None:
    derived = keys.derive_activation_keys(bytes(range(16)))
    data = derived.to_bytes()
    assert len(data) == 80
    assert data[:16] == derived.possession
    assert data[48:64] == derived.transport
    assert keys.ActivationKeys.from_bytes(data) == derived


@pytest.mark.parametrize("size", [0, 79, 81])
def test_refuse_activation_keys_of_another_size(size: int) -> None:
    with pytest.raises(MalformedEncoding):
        keys.ActivationKeys.from_bytes(bytes(size))


def test_select_keeps_the_order() -> None:
    chosen = keys.FactorKeys(possession=b"p", knowledge=b"k", biometry=b"b")
    assert chosen.select(("possession", "biometry")) == [b"p", b"b"]
    assert chosen.select(("knowledge",)) == [b"k"]


def test_secrets_stay_out_of_repr() -> None:
    derived = keys.derive_activation_keys(bytes(range(16)))
    names = [member.name for member in dataclasses.fields(derived)]
    assert len(names) == 5
    assert not any(name in repr(derived) for name in names)
    assert "private" not in repr(PAIR)
