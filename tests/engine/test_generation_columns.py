"""The columns of protocol 4 arrive beside a running server, without a rewrite of any table."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from enrollment_server.wultra import memory
from powerauth.models import Activation
from powerauth.models.audit import SIGNATURE_LENGTH
from powerauth.phone.phone import Phone
from tests.bank import PIN, Bank, make_bank

BEFORE, AFTER = ("powerauth", "0011_imported_rows"), ("powerauth", "0014_origins_of_activations")
TABLES = ("powerauth_activation", "powerauth_signatureaudit", "powerauth_token")
FILES = "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relname = ANY(%s)"
BASE64_OF_ML_DSA_87 = 4 * -(-4627 // 3)  # characters
ADDED = (
    *("activation_secret", "ctr_data_4", "knowledge_key", "next_knowledge_key"),
    *("biometry_key", "next_biometry_key", "biometry_enabled", "confirmation_pending"),
    *("pending_suite", "parent_activation_id", "transfer_type"),
)


def _migrate(target: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate([target])


def _files() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(FILES, [list(TABLES)])
        return sorted(cursor.fetchall())


@pytest.fixture
def former_tables(transactional_db: None) -> Iterator[None]:
    """Let a test begin and end with the tables as they are; it may take them back in between."""
    yield
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.mark.postgresql
def test_no_big_table_is_rewritten(former_tables: None) -> None:
    bank = make_bank()
    bank.phone("alice").create_token()
    _migrate(BEFORE)
    files = _files()
    _migrate(AFTER)
    assert _files() == files and len(files) == len(TABLES)


def test_a_server_of_before_goes_on_writing_rows(former_tables: None) -> None:
    """It knows none of the new columns, and phones of before and after work with the row."""
    bank = make_bank()
    alice = bank.phone("alice")
    known = [each for each in Activation._meta.concrete_fields if each.name not in ADDED]
    columns = ", ".join(str(each.column) for each in known)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE kept AS SELECT {columns} FROM powerauth_activation")  # noqa: S608
        cursor.execute("DELETE FROM powerauth_signatureaudit")
        cursor.execute("DELETE FROM powerauth_activationhistory")
        cursor.execute("DELETE FROM powerauth_activation")
        cursor.execute(f"INSERT INTO powerauth_activation ({columns}) SELECT * FROM kept")  # noqa: S608
        cursor.execute("DROP TABLE kept")
    row = bank.activation(alice)
    assert [getattr(row, name) for name in ADDED] == [b""] * 6 + [False, False, "", None, ""]
    assert alice.validate_signature(pin=PIN).ok


def test_the_longest_signature_has_room() -> None:
    assert SIGNATURE_LENGTH >= BASE64_OF_ML_DSA_87 == 6172


def test_an_imported_activation_is_not_changed_by_columns_that_were_added(
    bank: Bank, alice: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bank.activation(alice)
    fields = [each for each in Activation._meta.concrete_fields if each.name not in ADDED]
    now = memory.digest_here(row)
    with monkeypatch.context() as former:
        former.setattr(Activation._meta, "concrete_fields", fields)
        assert memory.digest_here(row) == now
    row.biometry_enabled = True
    assert memory.digest_here(row) != now
