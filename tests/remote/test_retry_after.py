"""How long a server asks to be left alone."""

from datetime import UTC, datetime, timedelta

import pytest

from enrollment_server.remote.retry_after import retry_after

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("120", 120),
        (" 7 ", 7),
        ("9" * 400, 10**9),
        ("Thu, 01 Jan 2026 00:02:00 GMT", 120),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0),
        ("Thu, 99 Jan 2026 00:02:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(header, at=AT) == expected
