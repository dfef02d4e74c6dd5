"""The values of columns there as values of here. Pure."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from enrollment_server.api.payloads.json import MalformedJson, load_exact
from powerauth.protocol.encoding import b64d, is_uuid
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.signature import SignatureType

T = TypeVar("T")


class LeftOut(Exception):
    """A row that is not taken, and why: what is wrong with which column, and no value of it."""


class NotSupported(Exception):
    """A row of something that this server does not do, such as FIDO2."""


class RemovedHere(Exception):
    """A row of something that was taken once, and is gone here since."""


def moment(value: datetime | None, zone: ZoneInfo) -> datetime:
    """Read the clock of the Java server, which writes the time of its zone without the zone."""
    found = needed(value, "a time")
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise LeftOut("a time is beyond the last year") from error


def moment_if_any(value: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Read a time that may be null; see `moment`."""
    return None if value is None else moment(value, zone)


def needed(value: T | None, column: str) -> T:
    """Give a value that is there."""
    if value is None:
        raise LeftOut(f"{column} is null")
    return value


def known(values: Mapping[Any, T], value: object, column: str) -> T:
    """Translate one of a few values."""
    if value not in values:
        raise LeftOut(f"{column} is {value!r}, which is unknown")
    return values[value]


def identifier(value: str | None, column: str) -> uuid.UUID:
    """Read an identifier, which has to be a UUID."""
    if value is None or not is_uuid(value):
        raise LeftOut(f"{column} is no UUID")
    return uuid.UUID(value)


def decoded(value: str | None, column: str, *, size: int | None = None) -> bytes:
    """Read Base64."""
    try:
        return b64d(needed(value, column), size=size)
    except ProtocolError as error:
        raise LeftOut(f"{column}: {error}") from error


def json_list(value: str | None, column: str) -> list[Any]:
    """Read a JSON array; null is an empty one."""
    return _json(value, column, list)


def json_object(value: str | None, column: str) -> dict[str, Any]:
    """Read a JSON object; null is an empty one. Numbers keep their digits."""
    return _json(value, column, dict)


def texts(value: str | None, column: str) -> list[str]:
    """Read a JSON array of texts; null is an empty one."""
    found = json_list(value, column)
    if not all(isinstance(item, str) for item in found):
        raise LeftOut(f"{column} holds something else than texts")
    return found


def _json(value: str | None, column: str, kind: type[T]) -> T:
    if value is None or not value.strip():
        return kind()
    try:
        found = load_exact(value.encode("utf-8", "surrogatepass"))
    except MalformedJson as error:
        raise LeftOut(f"{column} is no usable JSON") from error
    if found is None:
        return kind()
    if not isinstance(found, kind):
        raise LeftOut(f"{column} is another kind of JSON")
    return found


def signature_type(value: str | None, column: str) -> SignatureType:
    """Read a signature type in any letter case."""
    try:
        return SignatureType.parse(needed(value, column).strip())
    except ProtocolError as error:
        raise LeftOut(f"{column} is unknown") from error


def signature_names(value: str | None, column: str) -> list[str]:
    """Read signature types between commas as the names that operations keep."""
    found = [signature_type(part, column).name for part in needed(value, column).split(",")]
    return list(dict.fromkeys(found))
