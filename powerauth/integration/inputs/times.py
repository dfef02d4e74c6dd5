"""Times and durations in requests: integration-api.md 1.2. They are refused as `fields` says."""

import re
from datetime import UTC, datetime, timedelta

from enrollment_server.api.payloads.exact_numbers import ExactNumber
from enrollment_server.api.payloads.scalars import whole_of
from powerauth.integration.inputs import durations
from powerauth.integration.inputs.fields import OptionalField, refuse

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d(:?\d\d)?)", flags=re.ASCII
)


class FlexibleDateTime(OptionalField):
    """A time: ISO-8601 text with an offset, or milliseconds since 1970 as a number.

    A number beyond the years 1 to 9999 means the first or the last moment of them: callers say
    `from the beginning` and `for ever` so.
    """

    blank_is_null = True

    def to_internal_value(self, data: object) -> datetime:
        milliseconds = whole_of(data)
        if milliseconds is not None:
            return _from_milliseconds(milliseconds)
        if isinstance(data, str) and _TIME.fullmatch(data):
            try:
                return datetime.fromisoformat(data).astimezone(UTC)
            except (ValueError, OverflowError):
                pass
        refuse("must be a time: ISO-8601 with an offset, or milliseconds since 1970")


def _from_milliseconds(number: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=number)
    except OverflowError:
        return _EARLIEST if number < 0 else _LATEST


class Duration(OptionalField):
    """A duration: ISO-8601 text such as `PT2.5S` or `P30D`, or seconds as a number."""

    blank_is_null = True

    def to_internal_value(self, data: object) -> timedelta:
        duration = None
        if isinstance(data, str):
            duration = durations.parse(data)
        elif isinstance(data, int | ExactNumber) and not isinstance(data, bool):
            duration = _from_seconds(data)
        if duration is None:
            refuse("must be a duration: ISO-8601 of days at most, or seconds")
        return duration


def _from_seconds(number: int | ExactNumber) -> timedelta | None:
    try:
        return timedelta(seconds=float(number))
    except OverflowError:
        return None
