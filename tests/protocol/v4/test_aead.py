import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.errors import MacMismatch, MalformedEncoding
from powerauth.protocol.v4.primitives.aead import OVERHEAD, AeadKeys
from powerauth.protocol.v4.primitives.kmac import kmac
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_bytes
from tests.protocol.vectors import Case, decode

KEY = bytes(range(32))
NONCE = bytes(range(12))


def _seal(plaintext: bytes) -> bytes:
    keys = AeadKeys.derive(KEY, b"kc")
    return keys.seal(plaintext, nonce=NONCE, associated_data=b"ad")


def _open(
    sealed: bytes, *, key: bytes = KEY, key_context: bytes = b"kc", associated_data: bytes = b"ad"
) -> bytes:
    return AeadKeys.derive(key, key_context).open(sealed, associated_data=associated_data)


@vectors.each("v4/extra-v4.json: aead")
def test_aead(case: Case) -> None:
    keys = AeadKeys.derive(case.binary("key"), case.binary("keyContext"))
    data, plaintext = case.binary("associatedData"), case.binary("plaintext")
    sealed = keys.seal(plaintext, nonce=case.binary("nonce"), associated_data=data)
    assert sealed == case.binary("sealed")
    assert keys.open(sealed, associated_data=data) == plaintext


@vectors.each("v4/extra-v4.json: worked_example")
def test_record_of_the_reference(case: Case) -> None:
    # Our records are of another form; this one proves an empty key context.
    record = case["dbRecord"]
    index = "&".join(record["parts"]).encode()
    key = kmac(decode(record["masterKey"]), index, "PA4DBENC")
    opened = AeadKeys.derive(key, b"").open(decode(record["record"]), associated_data=index)
    assert opened == decode(record["plain"])


@given(st.binary(max_size=100))
@bounded
def test_round_trip(plaintext: bytes) -> None:
    sealed = _seal(plaintext)
    assert len(sealed) == len(plaintext) + OVERHEAD
    assert _open(sealed) == plaintext


def test_no_flipped_bit_opens() -> None:
    for changed in flipped_bytes(_seal(b"text")):
        with pytest.raises(MacMismatch):
            _open(changed)


def test_foreign_surroundings_do_not_open() -> None:
    sealed = _seal(b"text")
    with pytest.raises(MacMismatch):
        _open(sealed, key=bytes(32))
    with pytest.raises(MacMismatch):
        _open(sealed, key_context=b"kC")
    with pytest.raises(MacMismatch):
        _open(sealed, associated_data=b"")


@pytest.mark.parametrize("size", [0, 1, 12, 43])
def test_refuse_what_is_too_short(size: int) -> None:
    with pytest.raises(MalformedEncoding):
        _open(bytes(size))


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_mistakes_of_the_caller(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AeadKeys.derive(bytes(size), b"")
    with pytest.raises(ValueError, match="12 bytes"):
        AeadKeys.derive(KEY, b"").seal(b"", nonce=bytes(size), associated_data=b"")


def test_keys_stay_out_of_repr() -> None:
    assert repr(AeadKeys.derive(KEY, b"")) == "AeadKeys()"
