"""Secrets at rest as the engine configures them: protocol.md 12."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from powerauth.engine import records

FIRST, SECOND = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = FIRST
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""


def test_record_opens_in_its_row_only() -> None:
    record = records.seal(b"secret", "token", "1")
    assert b"secret" not in record
    assert records.unseal(record, "token", "1") == b"secret"
    assert records.unseal(memoryview(record), "token", "1") == b"secret"
    for context in (("token", "2"), ("activation", "1"), ("token",), ("token1", "")):
        with pytest.raises(records.SecretUnreadable):
            records.unseal(record, *context)


def test_rotation(settings: Settings) -> None:
    old = records.seal(b"secret", "token", "1")
    settings.MASTER_DB_ENCRYPTION_KEY = SECOND
    with pytest.raises(records.SecretUnreadable):
        records.unseal(old, "token", "1")
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = f" {FIRST} ,"
    assert records.unseal(old, "token", "1") == b"secret"
    new = records.seal(b"secret", "token", "1")
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""
    assert records.unseal(new, "token", "1") == b"secret"


def test_plain_mode(settings: Settings) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = ""
    record = records.seal(b"secret", "token", "1")
    assert record.endswith(b"secret")
    settings.MASTER_DB_ENCRYPTION_KEY = FIRST
    assert records.unseal(record, "token", "1") == b"secret"


@pytest.mark.parametrize(
    ("current", "previous"),
    [("no Base64!", ""), ("AAAA", ""), (FIRST, "AAAA"), ("", FIRST), (FIRST * 2, "")],
)
def test_configuration_that_cannot_be(settings: Settings, current: str, previous: str) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = current
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = previous
    with pytest.raises(ImproperlyConfigured):
        records.keyring()


def test_failure_tells_no_secret() -> None:
    with pytest.raises(records.SecretUnreadable) as failure:
        records.unseal(b"\x02" + b"secret" * 10, "token", "1")
    assert "secret" not in str(failure.value)
