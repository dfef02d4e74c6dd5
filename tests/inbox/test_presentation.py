"""Dates as apps parse them: mobile-token-api.md 1.4."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from inbox.mobile.presentation import format_time

EAST = timezone(timedelta(hours=2))
WEST = timezone(-timedelta(hours=7))


@pytest.mark.parametrize(
    ("moment", "seconds", "millis"),
    [
        (
            datetime(2022, 8, 25, 22, 34, 58, 702999, UTC),
            "2022-08-25T22:34:58+00:00",
            "2022-08-25T22:34:58.702+00:00",
        ),
        (
            datetime(2022, 12, 31, 23, 59, 59, 999999, UTC),
            "2022-12-31T23:59:59+00:00",
            "2022-12-31T23:59:59.999+00:00",
        ),
        (
            datetime(2022, 1, 1, 0, 0, 0, 0, EAST),
            "2021-12-31T22:00:00+00:00",
            "2021-12-31T22:00:00.000+00:00",
        ),
        (
            datetime(2022, 1, 1, 0, 0, 0, 1000, WEST),
            "2022-01-01T07:00:00+00:00",
            "2022-01-01T07:00:00.001+00:00",
        ),
    ],
)
def test_dates(moment: datetime, seconds: str, millis: str) -> None:
    assert format_time(moment, milliseconds=False) == seconds
    assert format_time(moment, milliseconds=True) == millis
