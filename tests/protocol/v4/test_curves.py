import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.curves import P256, P384, Curve
from powerauth.protocol.errors import MalformedEncoding, MalformedKey
from tests.protocol.fuzzing import bounded, flipped_bytes
from tests.protocol.randomness import FixedRandom

PAIR = P384.generate_key_pair(FixedRandom("p384"))
OTHER = P384.generate_key_pair(FixedRandom("other p384"))


def test_sizes() -> None:
    assert (P256.public_key_size, P256.compressed_key_size) == (65, 33)
    assert (P384.public_key_size, P384.compressed_key_size) == (97, 49)
    assert (len(PAIR.private_key), len(PAIR.public_key)) == (48, 97)


@pytest.mark.parametrize("curve", [P256, P384], ids=["P256", "P384"])
def test_order_is_the_one_of_the_curve(curve: Curve) -> None:
    # The point of order - 1 is the mirror of the generator.
    first, last = (1).to_bytes(48, "big"), (curve.order - 1).to_bytes(48, "big")
    generator, mirror = curve.key_pair_of(first).public_key, curve.key_pair_of(last).public_key
    half = 1 + curve.scalar_size
    assert generator[:half] == mirror[:half]
    assert generator[half:] != mirror[half:]


def test_agreement_on_both_sides() -> None:
    secret = P384.ecdh(PAIR.private_key, OTHER.public_key)
    assert len(secret) == 48
    assert secret == P384.ecdh(OTHER.private_key, PAIR.public_key)
    ephemeral, agreed = P384.ephemeral_ecdh(PAIR.public_key, FixedRandom("other p384"))
    assert (ephemeral, agreed) == (OTHER.public_key, secret)


def test_trap_25_fingerprint_drops_leading_zeros_and_ecdh_keeps_them() -> None:
    numbers = (n for n in range(1, 4000) if not P384.key_pair_of(_scalar(n)).public_key[1])
    short = P384.key_pair_of(_scalar(next(numbers))).public_key
    assert P384.short_x(short) == short[2:49].lstrip(b"\0")
    assert len(P384.short_x(short)) < 48
    secrets = (P384.ecdh(_scalar(n), PAIR.public_key) for n in range(1, 4000))
    assert len(next(secret for secret in secrets if not secret[0])) == 48


def _scalar(number: int) -> bytes:
    return number.to_bytes(2, "big")


def test_compressed_points_are_the_same_keys() -> None:
    compressed = bytes([2 + PAIR.public_key[-1] % 2]) + PAIR.public_key[1:49]
    assert P384.normalize_public_key(compressed) == PAIR.public_key


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        bytes(97),
        bytes(49),
        PAIR.public_key[:-1],
        PAIR.public_key + b"\0",
        b"\x06" + PAIR.public_key[1:],
        PAIR.public_key[:-1] + bytes([PAIR.public_key[-1] ^ 1]),
        P256.generate_key_pair(FixedRandom("p256")).public_key,
        b"\x02" + b"\xff" * 48,
    ],
)
def test_refuse_malformed_points(data: bytes) -> None:
    for use in (
        lambda: P384.normalize_public_key(data),
        lambda: P384.ecdh(PAIR.private_key, data),
        lambda: P384.ephemeral_ecdh(data, FixedRandom("ephemeral")),
        lambda: P384.verify(data, b"data", b""),
        lambda: P384.short_x(data),
    ):
        with pytest.raises(MalformedKey):
            use()


@pytest.mark.parametrize("scalar", [0, P384.order, P384.order + 1, 1 << 400])
def test_refuse_private_keys_out_of_range(scalar: int) -> None:
    data = scalar.to_bytes(60, "big")
    for use in (
        lambda: P384.key_pair_of(data),
        lambda: P384.sign(data, b""),
        lambda: P384.ecdh(data, PAIR.public_key),
    ):
        with pytest.raises(MalformedKey):
            use()


def test_signatures() -> None:
    signature = P384.sign(PAIR.private_key, b"data")
    assert P384.verify(PAIR.public_key, b"data", signature)
    assert not P384.verify(PAIR.public_key, b"other", signature)
    assert not P384.verify(OTHER.public_key, b"data", signature)
    assert not any(P384.verify(PAIR.public_key, b"data", bad) for bad in flipped_bytes(signature))


def test_jose_round_trip() -> None:
    der = P384.sign(PAIR.private_key, b"data")
    jose = P384.der_to_jose(der)
    assert len(jose) == 96
    assert P384.jose_to_der(jose) == der


@pytest.mark.parametrize("size", [0, 64, 95, 97])
def test_refuse_jose_of_another_size(size: int) -> None:
    with pytest.raises(MalformedEncoding):
        P384.jose_to_der(bytes(size))


@given(st.binary(max_size=120))
@bounded
def test_garbage_is_no_signature(garbage: bytes) -> None:
    assert P384.verify(PAIR.public_key, b"data", garbage) is False
