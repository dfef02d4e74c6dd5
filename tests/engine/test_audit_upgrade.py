"""A database whose audit log has one chain: after the upgrade it is chain 0, hash by hash."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.house.commands import manage
from tests.races import crowd

NAME = "audit_upgrade"
BEFORE = "0009_titles_of_relations"

# As the former version appended: by its own head, whose id was 1.
FILL = """
from datetime import UTC, datetime
from django.db import connection
from powerauth.engine.audit.audit_log import hash_of
from powerauth.models import AuditRecord
previous = ""
for number in (1, 2):
    row = AuditRecord(
        sequence=number, at=datetime(2026, 11, 1, 12, 0, number, tzinfo=UTC), actor_kind="SYSTEM",
        action="test", object_type="test", before="{}", after='{"a":1}', outcome="OK",
        previous_hash=previous,
    )
    row.hash = previous = hash_of(row)
    row.save(force_insert=True)
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO powerauth_audithead VALUES (1, 2, %s)", [previous])
print(previous)
"""
GO_ON = """
from django.utils import timezone
from powerauth.engine.audit.audit_log import Actor, Change, append
(row,) = append(
    Actor(kind="SYSTEM"), [Change(action="test", object_type="test")], at=timezone.now()
)
print(row.sequence, row.previous_hash)
"""
# Made by the former version from the first record of FILL.
FIRST_HASH = "4f99355f672ed87e8cefcff0ebde6783d16e6afe448783977600dcfc349b745f"


@pytest.fixture
def database_url(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """Give an empty database of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/bank.sqlite3"
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
        yield urlunsplit(urlsplit(crowd.database_url())._replace(path=f"/{NAME}"))
        cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_the_one_chain_becomes_the_first_of_several(database_url: str) -> None:
    def done(*arguments: str) -> list[str]:
        result = manage(*arguments, environment={"DATABASE_URL": database_url})
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()

    done("migrate", "powerauth", BEFORE)
    (noted,) = done("shell", "--no-imports", "-c", FILL)
    done("migrate")
    end = ["Verified ties: 0", f"Head: 2 {noted}", "Tie: 0 -"]
    assert done("verify_audit") == ["Verified records: 2", *end]
    assert done("verify_audit", "--since", "1", "--hash", FIRST_HASH) == [
        "Verified records: 1",
        *end,
    ]
    assert done("shell", "--no-imports", "-c", GO_ON) == [f"3 {noted}"]
    said = done("verify_audit", "--tie", "--since", "2", "--hash", noted)
    assert said[:2] == ["Verified records: 1", "Verified ties: 1"]
