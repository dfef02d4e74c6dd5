"""The activation status as it travels: an encrypted blob of 32 bytes."""

import hmac
import secrets
from dataclasses import dataclass

from powerauth.protocol.errors import MalformedPayload
from powerauth.protocol.primitives import (
    ZERO_IV,
    RandomBytes,
    aes_cbc_decrypt_raw,
    aes_cbc_encrypt_raw,
    kdf,
    kdf_internal,
)
from powerauth.protocol.v3.signature import next_counter

BLOB_SIZE = 32  # bytes
CHALLENGE_SIZE = 16  # bytes, as the nonce
CURRENT_VERSION = 3  # major version of every activation here

_MAGIC = bytes.fromhex("dec0de")
_OLDEST_FORMAT = 0xD1
_FILLING_SIZE = 5  # bytes
_COUNTER_PART_SIZE = 18  # bytes: counter byte, look-ahead, hash
_TRANSPORT_IV_INDEX = 3000
_TRANSPORT_CTR_INDEX = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFields:
    """What the server tells about an activation. Source: protocol.md 9.2."""

    state: int
    """State byte, 1 to 5."""
    failed_attempts: int
    """Only its low byte is sent, as of the maximum and of the counter."""
    max_failed_attempts: int
    look_ahead: int
    """Size of the counter window, 1 to 64."""
    counter: int
    """The numeric counter."""
    upgrade_version: int = CURRENT_VERSION
    """The major version that the activation can be upgraded to. Source: protocol-4.md 27.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusBlob:
    """The content of a status blob. Source: protocol.md 9.2.

    Without a challenge `ctr_byte`, `look_ahead` and `ctr_data_hash` are random.
    """

    state: int
    failed_attempts: int
    max_failed_attempts: int
    look_ahead: int
    ctr_byte: int
    ctr_data_hash: bytes
    current_version: int = CURRENT_VERSION
    upgrade_version: int = CURRENT_VERSION


def ctr_data_hash(transport_key: bytes, ctr_data: bytes) -> bytes:
    """Hash counter data for the blob, 16 bytes. Source: protocol.md 9.2; ctr_data_hash."""
    return kdf_internal(key=kdf(transport_key, _TRANSPORT_CTR_INDEX), index=ctr_data)


def status_iv(transport_key: bytes, challenge: bytes, nonce: bytes) -> bytes:
    """Derive the IV of a blob, 16 bytes. Source: protocol.md 9.3; activation-status-blob-iv."""
    return kdf_internal(key=kdf(transport_key, _TRANSPORT_IV_INDEX), index=challenge + nonce)


def seal_status(
    fields: StatusFields,
    *,
    transport_key: bytes,
    ctr_data: bytes,
    challenge: bytes | None,
    random: RandomBytes = secrets.token_bytes,
) -> tuple[bytes, bytes | None]:
    """Encrypt the status of an activation.

    Args:
        fields: what to tell.
        transport_key: key of the activation, 16 bytes.
        ctr_data: counter data that the next signature is expected to use, 16 bytes.
        challenge: 16 bytes of the client; None from clients of 3.0.
        random: source of the filling bytes and of the nonce.

    Returns: the encrypted blob of 32 bytes, and the nonce of 16 bytes if there was a challenge.

    Raises:
        MalformedPayload: the challenge has another size.

    Source: protocol.md 9.2, 9.3; checked by status_blob.
    """
    nonce = _nonce_for(challenge, random)
    if challenge is None:
        # Clients of 3.0 do not read these fields, and under the fixed IV they would stand still.
        counter_part = random(_COUNTER_PART_SIZE)
    else:
        window = bytes([fields.counter & 0xFF, fields.look_ahead])
        counter_part = window + ctr_data_hash(transport_key, ctr_data)
    blob = (
        _MAGIC
        + bytes([_OLDEST_FORMAT, fields.state, CURRENT_VERSION, fields.upgrade_version])
        + random(_FILLING_SIZE)
        + counter_part[:1]
        + bytes([fields.failed_attempts & 0xFF, fields.max_failed_attempts & 0xFF])
        + counter_part[1:]
    )
    return aes_cbc_encrypt_raw(transport_key, _iv(transport_key, challenge, nonce), blob), nonce


def open_status(
    encrypted: bytes, *, transport_key: bytes, challenge: bytes | None, nonce: bytes | None
) -> StatusBlob:
    """Decrypt a status blob, as the client does.

    The blob has no MAC: a wrong key or a random answer shows in its first bytes only.

    Raises:
        MalformedPayload: not 32 bytes, challenge and nonce not both present or both absent, or the
            first bytes are not those of a status.

    Source: protocol.md 9.2, 9.3; checked by activation-status-blob-data.
    """
    if len(encrypted) != BLOB_SIZE or (challenge is None) is not (nonce is None):
        raise MalformedPayload("not a status answer")
    blob = aes_cbc_decrypt_raw(transport_key, _iv(transport_key, challenge, nonce), encrypted)
    if blob[:3] != _MAGIC or blob[3] < _OLDEST_FORMAT:
        raise MalformedPayload("not a status blob")
    return StatusBlob(
        state=blob[4],
        current_version=blob[5],
        upgrade_version=blob[6],
        ctr_byte=blob[12],
        failed_attempts=blob[13],
        max_failed_attempts=blob[14],
        look_ahead=blob[15],
        ctr_data_hash=blob[16:],
    )


def random_status(
    challenge: bytes | None, random: RandomBytes = secrets.token_bytes
) -> tuple[bytes, bytes | None]:
    """Make an answer for an activation that has no status to tell.

    Returns: 32 random bytes, and a random nonce if there was a challenge.

    Raises:
        MalformedPayload: the challenge has another size than 16 bytes.

    Source: protocol.md 9.4.
    """
    return random(BLOB_SIZE), _nonce_for(challenge, random)


def counter_distance(
    blob: StatusBlob, *, transport_key: bytes, ctr_data: bytes, look_ahead: int
) -> int | None:
    """Count the steps from the client's counter to the server's.

    Returns: 0 to `look_ahead`, or None if the server is behind, or too far ahead.

    Source: protocol.md 9.5; checked by activation-status-blob-data.
    """
    for distance in range(look_ahead + 1):
        if hmac.compare_digest(ctr_data_hash(transport_key, ctr_data), blob.ctr_data_hash):
            return distance
        ctr_data = next_counter(ctr_data)
    return None


def _nonce_for(challenge: bytes | None, random: RandomBytes) -> bytes | None:
    if challenge is None:
        return None
    if len(challenge) != CHALLENGE_SIZE:
        raise MalformedPayload("a challenge has 16 bytes")
    return random(CHALLENGE_SIZE)


def _iv(transport_key: bytes, challenge: bytes | None, nonce: bytes | None) -> bytes:
    if challenge is None or nonce is None:
        return ZERO_IV
    return status_iv(transport_key, challenge, nonce)
