import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.errors import MacMismatch, MalformedEncoding
from powerauth.protocol.v4.primitives import aead
from powerauth.protocol.v4.primitives.kmac import kmac
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_bytes
from tests.protocol.vectors import Case, decode

KEY = bytes(range(32))
NONCE = bytes(range(12))


def _seal(plaintext: bytes) -> bytes:
    return aead.seal(KEY, plaintext, key_context=b"kc", nonce=NONCE, associated_data=b"ad")


def _open(
    sealed: bytes, *, key: bytes = KEY, key_context: bytes = b"kc", associated_data: bytes = b"ad"
) -> bytes:
    return aead.open_sealed(key, sealed, key_context=key_context, associated_data=associated_data)


@vectors.each("v4/extra-v4.json: aead")
def test_aead(case: Case) -> None:
    key, context = case.binary("key"), case.binary("keyContext")
    data, plaintext = case.binary("associatedData"), case.binary("plaintext")
    sealed = aead.seal(
        key, plaintext, key_context=context, nonce=case.binary("nonce"), associated_data=data
    )
    assert sealed == case.binary("sealed")
    assert aead.open_sealed(key, sealed, key_context=context, associated_data=data) == plaintext


@vectors.each("v4/extra-v4.json: worked_example")
def test_record_of_the_reference(case: Case) -> None:
    # Our records are of another form; this one proves an empty key context.
    record = case["dbRecord"]
    index = "&".join(record["parts"]).encode()
    key = kmac(decode(record["masterKey"]), index, "PA4DBENC")
    opened = aead.open_sealed(key, decode(record["record"]), key_context=b"", associated_data=index)
    assert opened == decode(record["plain"])


@given(st.binary(max_size=100))
@bounded
def test_round_trip(plaintext: bytes) -> None:
    sealed = _seal(plaintext)
    assert len(sealed) == len(plaintext) + aead.OVERHEAD
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
        _open(_seal(b""), key=bytes(size))
    with pytest.raises(ValueError, match="32 bytes"):
        aead.seal(bytes(size), b"", key_context=b"", nonce=NONCE, associated_data=b"")
    with pytest.raises(ValueError, match="12 bytes"):
        aead.seal(KEY, b"", key_context=b"", nonce=bytes(size), associated_data=b"")
