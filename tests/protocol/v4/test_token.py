import pytest

from powerauth.protocol.v4 import token
from powerauth.protocol.v4.primitives.kmac import kmac
from tests.protocol import vectors
from tests.protocol.fuzzing import flipped_bytes
from tests.protocol.vectors import Case

SECRET = bytes(range(32))
NONCE = bytes(range(32, 48))
TIME = 1_700_000_000_000


def _verify(digest: bytes, *, secret: bytes = SECRET, nonce: bytes = NONCE, at: int = TIME) -> bool:
    return token.verify_digest(digest, secret=secret, nonce=nonce, timestamp=at)


@vectors.each("v4/token-digest-v4.json")
def test_digest(case: Case) -> None:
    secret, nonce = case.binary("tokenSecret"), case.binary("nonce")
    at, digest = int(case.binary("timestamp")), case.binary("tokenDigest")
    assert token.compute_digest(secret=secret, nonce=nonce, timestamp=at) == digest
    assert _verify(digest, secret=secret, nonce=nonce, at=at)


@vectors.each("v4/status-v4.json: token")
def test_digest_of_a_header(case: Case) -> None:
    secret, nonce = case.binary("tokenSecret"), case.binary("nonce")
    assert _verify(case.binary("digest"), secret=secret, nonce=nonce, at=int(case["timestamp"]))


def test_digest_covers_the_version() -> None:
    digest = token.compute_digest(secret=SECRET, nonce=NONCE, timestamp=TIME)
    assert digest == kmac(SECRET, NONCE + b"&1700000000000&4.0", "PA4DIGEST")


def test_no_flipped_bit_verifies() -> None:
    digest = token.compute_digest(secret=SECRET, nonce=NONCE, timestamp=TIME)
    assert _verify(digest)
    assert not any(_verify(changed) for changed in flipped_bytes(digest))
    assert not _verify(b"")
    assert not _verify(digest, at=TIME + 1)
    assert not any(_verify(digest, nonce=nonce) for nonce in flipped_bytes(NONCE))
    assert not any(_verify(digest, secret=secret) for secret in flipped_bytes(SECRET))


@pytest.mark.parametrize(("secret", "nonce"), [(16, 16), (31, 16), (32, 15), (32, 32), (0, 0)])
def test_refuse_other_sizes(secret: int, nonce: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        token.compute_digest(secret=bytes(secret), nonce=bytes(nonce), timestamp=TIME)
