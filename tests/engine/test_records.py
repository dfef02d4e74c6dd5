"""Secrets at rest as the engine configures them: protocol.md 12."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from powerauth.engine.storage import records
from powerauth.engine.storage.record_places import Place
from tests.records import FormerKeyring

FIRST, SECOND = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
TOKEN = Place(("token", "1"))
FORMER_RING = FormerKeyring(bytes([1]) * 32)


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = FIRST
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""


def test_record_opens_in_its_row_only() -> None:
    record = records.seal(b"secret", TOKEN)
    assert b"secret" not in record
    assert records.unseal(record, TOKEN) == b"secret"
    assert records.unseal(memoryview(record), TOKEN) == b"secret"
    elsewhere = [
        ("token", "2"),
        ("activation", "1"),
        ("token",),
        ("token1", ""),
        ("token", "1", ""),
    ]
    for row in elsewhere:
        with pytest.raises(records.SecretUnreadable):
            records.unseal(record, Place(row))


def test_record_opens_only_while_its_row_refers_to_the_same() -> None:
    record = records.seal(b"secret", Place(("token", "1"), ("alice",)))
    assert records.unseal(record, Place(("token", "1"), ("alice",))) == b"secret"
    for place in (Place(("token", "1"), ("bob",)), TOKEN, Place(("token", "1", "alice"), ("",))):
        with pytest.raises(records.SecretUnreadable):
            records.unseal(record, place)


def test_record_of_before_opens_by_its_row_alone() -> None:
    former = FORMER_RING.seal(b"secret", context=("token", "1"))
    assert records.unseal(former, Place(("token", "1"), ("alice",))) == b"secret"
    assert records.keyring().needs_rotation(former)
    with pytest.raises(records.SecretUnreadable):
        records.unseal(former, Place(("token", "2"), ("alice",)))


def test_rotation(settings: Settings) -> None:
    old = records.seal(b"secret", TOKEN)
    settings.MASTER_DB_ENCRYPTION_KEY = SECOND
    with pytest.raises(records.SecretUnreadable):
        records.unseal(old, TOKEN)
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = f" {FIRST} ,"
    assert records.unseal(old, TOKEN) == b"secret"
    new = records.seal(b"secret", TOKEN)
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""
    assert records.unseal(new, TOKEN) == b"secret"


def test_plain_mode(settings: Settings) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = ""
    record = records.seal(b"secret", TOKEN)
    assert record.endswith(b"secret")
    settings.MASTER_DB_ENCRYPTION_KEY = FIRST
    with pytest.raises(records.SecretUnreadable, match="MASTER_DB_ENCRYPTION_READ_PLAIN"):
        records.unseal(record, TOKEN)
    settings.MASTER_DB_ENCRYPTION_READ_PLAIN = True
    assert records.unseal(record, TOKEN) == b"secret"


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
        records.unseal(b"\x02" + b"secret" * 10, TOKEN)
    assert "secret" not in str(failure.value)
