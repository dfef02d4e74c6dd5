"""SQLite, the embedded default: what was answered survives a power cut."""

from pathlib import Path

from tests.house.commands import manage

FULL = "2"
SHOW = """
from django.db import connection
with connection.cursor() as cursor:
    for name in ("synchronous", "journal_mode"):
        cursor.execute(f"PRAGMA {name}")
        print(name, *cursor.fetchone())
"""


def test_commits_reach_the_disk_before_the_answer(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/bank.sqlite3"}
    result = manage("shell", "--no-imports", "-c", SHOW, environment=environment)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [f"synchronous {FULL}", "journal_mode wal"]
