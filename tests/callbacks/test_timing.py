"""Pauses between attempts, and the lease of an attempt."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from powerauth.callbacks import timing

AT = datetime(2026, 1, 1, tzinfo=UTC)
INITIAL = timedelta(seconds=2)


def _pause_s(attempts: int, *, chance: float = 0.5, asked_s: float | None = None) -> float:
    asked = None if asked_s is None else timedelta(seconds=asked_s)
    pause = timing.pause(attempts, initial=INITIAL, asked=asked, chance=lambda: chance)
    return pause.total_seconds()


def test_pause_doubles_up_to_the_longest() -> None:
    assert [_pause_s(n) for n in (1, 2, 3, 9, 10, 11, 1000)] == [2, 4, 8, 512, 900, 900, 900]


def test_pause_is_spread() -> None:
    assert _pause_s(3, chance=0.0) == pytest.approx(6.4)
    assert _pause_s(3, chance=1.0) == pytest.approx(9.6)
    assert _pause_s(20, chance=1.0) == 900


def test_receiver_may_ask_for_a_longer_pause_only() -> None:
    assert [_pause_s(1, asked_s=asked) for asked in (0, 1, 30, 5000)] == [2, 2, 30, 900]


def test_default_attempts_last_about_a_day(settings: Settings) -> None:
    total = sum(_pause_s(n) for n in range(1, settings.CALLBACK_MAX_ATTEMPTS))
    assert 20 < total / 3600 < 28


def test_lease_outlasts_the_attempt() -> None:
    assert timing.lease(with_token=False) == timedelta(seconds=75)
    assert timing.lease(with_token=True) > timedelta(seconds=4 * 65)
