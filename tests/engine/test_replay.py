"""The memory of values that may be used once: protocol.md 5.8, 8.3."""

from datetime import timedelta

import pytest
from django.utils import timezone

from powerauth.engine.encryption import replay
from powerauth.models import UniqueValue


def test_second_use_is_told(db: None) -> None:
    horizon = timezone.now() + timedelta(hours=1)
    assert [replay.remember(b"value", expires_at=horizon) for _ in range(3)] == [True, False, False]
    assert replay.remember(b"valuf", expires_at=horizon)
    assert replay.remember(b"", expires_at=horizon)
    assert UniqueValue.objects.count() == 3


def test_horizon_is_that_of_the_first_use(db: None) -> None:
    horizon = timezone.now() + timedelta(hours=1)
    replay.remember(b"value", expires_at=horizon)
    replay.remember(b"value", expires_at=horizon + timedelta(hours=9))
    assert UniqueValue.objects.get().expires_at == horizon


@pytest.mark.parametrize("value", [b"\x00" * 200, bytes(range(256)) * 40])
def test_value_itself_is_not_stored(db: None, value: bytes) -> None:
    replay.remember(value, expires_at=timezone.now())
    assert len(bytes(UniqueValue.objects.get().digest)) == 32
