"""The activation status of version 4.0: a blob of 80 bytes that authenticates itself.

It travels inside an encrypted response, so it is not encrypted again.
"""

import hmac
import secrets
from dataclasses import dataclass

from powerauth.protocol.errors import MacMismatch, MalformedPayload
from powerauth.protocol.primitives import RandomBytes
from powerauth.protocol.v4.authentication_code import next_counter
from powerauth.protocol.v4.keys import UtilityKeys
from powerauth.protocol.v4.primitives.kmac import Customization, kmac

CONTENT_SIZE = 48  # bytes, without the MAC
BLOB_SIZE = 80  # bytes
VERSION = 4  # major version of every activation here, and the one that it can be upgraded to

_MAGIC = bytes.fromhex("dec0ded4")
_FILLING_SIZE = 4  # bytes
_CONFIRMATION_PENDING, _UPGRADE_PENDING, _SUITE_NOT_ALLOWED, _BIOMETRY_ENABLED = 1, 2, 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFields:
    """What the server tells about an activation. Source: protocol-4.md 27.2."""

    state: int
    """State byte, 1 to 5."""
    counter: int
    """The numeric counter; only its low byte is sent, as of the next three."""
    failed_attempts: int
    max_failed_attempts: int
    look_ahead: int
    """Size of the counter window, 1 to 64."""
    confirmation_pending: bool
    """The phone has to confirm the activation."""
    upgrade_pending: bool
    """The phone has to confirm an upgrade."""
    suite_not_allowed: bool
    """The application allows this suite no more; only a new activation helps."""
    biometry_enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusBlob(StatusFields):
    """The content of a status blob; `counter` is its low byte. Source: protocol-4.md 27.2."""

    current_version: int
    upgrade_version: int
    ctr_data_hash: bytes


def ctr_data_hash(keys: UtilityKeys, ctr_data: bytes) -> bytes:
    """Hash counter data for the blob, 32 bytes. Source: protocol-4.md 27.2; status-v4."""
    return kmac(keys.counter, ctr_data, Customization.COUNTER)


def build_status(
    fields: StatusFields,
    *,
    keys: UtilityKeys,
    ctr_data: bytes,
    random: RandomBytes = secrets.token_bytes,
) -> bytes:
    """Write the status of an activation, 80 bytes.

    Args:
        fields: what to tell.
        keys: keys of the activation.
        ctr_data: counter data that the next code is expected to use, 32 bytes.
        random: source of the filling bytes.

    Source: protocol-4.md 27.2; checked by status-v4.
    """
    counts = (
        fields.counter,
        fields.failed_attempts,
        fields.max_failed_attempts,
        fields.look_ahead,
    )
    content = (
        _MAGIC
        + bytes([fields.state, VERSION, VERSION, _flags(fields)])
        + random(_FILLING_SIZE)
        + bytes(count & 0xFF for count in counts)
        + ctr_data_hash(keys, ctr_data)
    )
    return content + _mac(keys, content)


def read_status(blob: bytes, keys: UtilityKeys) -> StatusBlob:
    """Read a status after its MAC has proved right, as the phone does.

    Raises:
        MalformedPayload: not 80 bytes, or the first bytes are not those of a status.
        MacMismatch: another activation, or a changed status.

    Source: protocol-4.md 27.2; checked by status-v4.
    """
    if len(blob) != BLOB_SIZE:
        raise MalformedPayload("a status has 80 bytes")
    content, mac = blob[:CONTENT_SIZE], blob[CONTENT_SIZE:]
    if not hmac.compare_digest(_mac(keys, content), mac):
        raise MacMismatch("the MAC of the status does not match")
    if not content.startswith(_MAGIC):
        raise MalformedPayload("not a status blob")
    flags = content[7]
    return StatusBlob(
        state=content[4],
        current_version=content[5],
        upgrade_version=content[6],
        confirmation_pending=bool(flags & _CONFIRMATION_PENDING),
        upgrade_pending=bool(flags & _UPGRADE_PENDING),
        suite_not_allowed=bool(flags & _SUITE_NOT_ALLOWED),
        biometry_enabled=bool(flags & _BIOMETRY_ENABLED),
        counter=content[12],
        failed_attempts=content[13],
        max_failed_attempts=content[14],
        look_ahead=content[15],
        ctr_data_hash=content[16:],
    )


def counter_distance(
    blob: StatusBlob, *, keys: UtilityKeys, ctr_data: bytes, look_ahead: int
) -> int | None:
    """Count the steps from the phone's counter to the server's.

    Returns: 0 to `look_ahead`, or None if the server is behind, or too far ahead.

    Source: protocol-4.md 27.2.
    """
    for distance in range(look_ahead + 1):
        if hmac.compare_digest(ctr_data_hash(keys, ctr_data), blob.ctr_data_hash):
            return distance
        ctr_data = next_counter(ctr_data)
    return None


def _flags(fields: StatusFields) -> int:
    return (
        _CONFIRMATION_PENDING * fields.confirmation_pending
        | _UPGRADE_PENDING * fields.upgrade_pending
        | _SUITE_NOT_ALLOWED * fields.suite_not_allowed
        | _BIOMETRY_ENABLED * fields.biometry_enabled
    )


def _mac(keys: UtilityKeys, content: bytes) -> bytes:
    return kmac(keys.status, content, Customization.STATUS)
