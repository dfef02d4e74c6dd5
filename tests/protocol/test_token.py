import pytest

from powerauth.protocol.errors import UnsupportedVersion
from powerauth.protocol.v3 import token
from tests.protocol import vectors
from tests.protocol.fuzzing import flipped_bytes
from tests.protocol.vectors import Case

SECRET = bytes(range(16))
NONCE = bytes(range(16, 32))
TIME = 1_700_000_000_000


def _digest(version: str) -> bytes:
    return token.compute_digest(secret=SECRET, nonce=NONCE, timestamp=TIME, version=version)


def _verify(digest: bytes, version: str) -> bool:
    return token.verify_digest(digest, secret=SECRET, nonce=NONCE, timestamp=TIME, version=version)


@vectors.each("extra.json: token_digest")
def test_compute_digest(case: Case) -> None:
    secret, nonce, version = case.binary("tokenSecret"), case.binary("nonce"), case["version"]
    timestamp = int(case["timestamp"])
    digest = token.compute_digest(secret=secret, nonce=nonce, timestamp=timestamp, version=version)
    assert digest == case.binary("tokenDigest")
    assert token.verify_digest(
        digest, secret=secret, nonce=nonce, timestamp=timestamp, version=version
    )


def test_version_decides_what_is_covered() -> None:
    assert _digest("3.0") == _digest("3.1")
    assert len({_digest("3.1"), _digest("3.2"), _digest("3.3")}) == 3


def test_no_flipped_bit_verifies() -> None:
    assert _verify(_digest("3.3"), "3.3")
    assert not _verify(_digest("3.3"), "3.2")
    assert not any(_verify(digest, "3.3") for digest in flipped_bytes(_digest("3.3")))
    assert not _verify(b"", "3.3")


def test_refuse_unknown_version() -> None:
    with pytest.raises(UnsupportedVersion):
        _digest("2.1")


def test_replay_key_names_nonce_and_token() -> None:
    assert token.token_replay_key(NONCE, "ABC") == NONCE + b"ABC"
