"""A chain of the audit log: the database guards it, and tampering is found where it was done."""

import json
from collections.abc import Callable
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from powerauth.engine.audit import audit_log, audited
from powerauth.engine.audit.audit_chain import Anchor, verify
from powerauth.engine.audit.audit_log import Actor, Change, append, hash_of
from powerauth.engine.audit.audited import Hidden, difference
from powerauth.engine.audit.broken import BrokenChain
from powerauth.models import ActorKind, AuditHead, AuditRecord
from tests.audit_guard import unguarded

pytestmark = pytest.mark.django_db
ALICE = Actor(kind=ActorKind.ADMIN, id="1", name="alice")


def _change(number: int) -> Change:
    return Change(
        action="activation/block",
        object_type="activation",
        object_id=f"object-{number}",
        before={"state": "ACTIVE", "weight": 1.5},
        after={"state": "BLOCKED", "text": "žluťoučký \x00 \ud800"},
    )


@pytest.fixture
def chain(db: None) -> list[AuditRecord]:
    """Six records."""
    return [append(ALICE, [_change(n)], at=timezone.now())[0] for n in range(1, 7)]


def _rehashed(record: AuditRecord, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)
    record.hash = hash_of(record)
    AuditRecord.objects.filter(pk=record.pk).update(**values, hash=record.hash)


def test_numbers_have_no_gap_and_hashes_follow(chain: list[AuditRecord]) -> None:
    rows = list(AuditRecord.objects.order_by("sequence"))
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.previous_hash for row in rows] == ["", *(row.hash for row in rows[:-1])]
    assert rows[2].object_id == "object-3" and rows[2].actor_name == "alice"
    verified = verify()
    assert (verified.count, verified.ends) == (6, {0: Anchor(sequence=6, hash=rows[-1].hash)})


def test_an_empty_log_is_whole() -> None:
    assert verify().count == 0
    assert append(ALICE, [], at=timezone.now()) == []
    assert verify().ends == {} and verify().tie.number == 0


def test_several_changes_are_one_step(chain: list[AuditRecord]) -> None:
    made = append(ALICE, [_change(7), _change(8)], at=timezone.now())
    assert [record.sequence for record in made] == [7, 8]
    assert verify().count == 8


def test_batches_join(chain: list[AuditRecord], monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 2, 3, 6, 7):
        monkeypatch.setattr("powerauth.engine.audit.audit_chain.BATCH", size)
        assert verify().count == 6


def test_a_line_proves_itself(chain: list[AuditRecord]) -> None:
    line = json.loads(audit_log.line(AuditRecord.objects.get(sequence=4)))
    noted = line.pop("hash")
    text = json.dumps(line, sort_keys=True, separators=(",", ":"))
    assert noted == sha256(text.encode()).hexdigest() == chain[3].hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE powerauth_auditrecord SET actor_name = 'mallory' WHERE sequence = 3",
        "UPDATE powerauth_auditrecord SET hash = hash",
        "DELETE FROM powerauth_auditrecord WHERE sequence = 6",
        "DELETE FROM powerauth_auditrecord",
        "DELETE FROM powerauth_audithead",
        "UPDATE powerauth_audithead SET sequence = 5 WHERE id = 0",
        "UPDATE powerauth_audithead SET hash = '' WHERE id = 0",
        "UPDATE powerauth_audithead SET id = 99, sequence = 7 WHERE id = 0",
    ],
)
def test_the_database_refuses(chain: list[AuditRecord], statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().count == 6


@pytest.mark.parametrize(
    ("sequence", "previous"),
    [(6, 6), (8, 6), (7, 5), (100_000_000_000_002, 6), (1_600_000_000_000_001, 6), (0, 6)],
)
def test_the_database_refuses_what_does_not_follow(
    chain: list[AuditRecord], sequence: int, previous: int
) -> None:
    forged = chain[5]
    forged.sequence, forged.previous_hash = sequence, chain[previous - 1].hash
    forged.hash = hash_of(forged)
    with pytest.raises(DatabaseError), transaction.atomic():
        forged.save(force_insert=True)
    assert verify().count == 6


def test_a_server_of_the_former_version_goes_on_beside(chain: list[AuditRecord]) -> None:
    # It moves the head itself, which the trigger on the records has done already.
    head = AuditHead.objects.get(id=0)
    assert AuditHead.objects.filter(id=0).update(sequence=head.sequence, hash=head.hash) == 1
    assert verify().count == 6


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE powerauth_auditrecord",
        "TRUNCATE powerauth_audithead",
        "SET LOCAL session_replication_role = replica; DELETE FROM powerauth_auditrecord",
        "INSERT INTO powerauth_auditrecord SELECT * FROM powerauth_auditrecord WHERE sequence = 1"
        " ON CONFLICT (sequence) DO UPDATE SET actor_name = ''",
    ],
)
def test_postgresql_refuses(chain: list[AuditRecord], statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().count == 6


def _changed() -> None:
    AuditRecord.objects.filter(sequence=3).update(actor_name="mallory")


def _changed_json() -> None:
    AuditRecord.objects.filter(sequence=3).update(after="no JSON")


def _changed_with_hash() -> None:
    _rehashed(AuditRecord.objects.get(sequence=3), actor_name="mallory")


def _last_changed_with_hash() -> None:
    _rehashed(AuditRecord.objects.get(sequence=6), actor_name="mallory")


def _forged_hash() -> None:
    AuditRecord.objects.filter(sequence=3).update(hash="0" * 64)


def _deleted() -> None:
    AuditRecord.objects.filter(sequence=3).delete()


def _first_deleted() -> None:
    AuditRecord.objects.filter(sequence=1).delete()


def _all_deleted() -> None:
    AuditRecord.objects.all().delete()


def _tail_cut() -> None:
    AuditRecord.objects.filter(sequence__gt=4).delete()


def _swapped() -> None:
    for old, new in ((3, 103), (4, 3), (103, 4)):
        AuditRecord.objects.filter(sequence=old).update(sequence=new)


def _head_removed() -> None:
    AuditHead.objects.all().delete()


def _head_set_back() -> None:
    row = AuditRecord.objects.get(sequence=4)
    AuditHead.objects.filter(id=0).update(sequence=4, hash=row.hash)


def _first_zero() -> None:
    _rehashed_copy(sequence=0)


def _last_of_no_chain() -> None:
    _rehashed_copy(sequence=1_600_000_000_000_000)


def _rehashed_copy(*, sequence: int) -> None:
    forged = AuditRecord.objects.get(sequence=6)
    forged.sequence = sequence
    forged.hash = hash_of(forged)
    forged.save(force_insert=True)


def _put_in_at_the_end() -> None:
    last = AuditRecord.objects.get(sequence=6)
    forged = AuditRecord.objects.get(sequence=6)
    forged.sequence, forged.previous_hash = 7, last.hash
    forged.hash = hash_of(forged)
    forged.save(force_insert=True)


@pytest.mark.parametrize(
    ("tamper", "sequence", "problem"),
    [
        (_changed, 3, "was changed"),
        (_changed_json, 3, "was changed"),
        (_forged_hash, 3, "was changed"),
        (_changed_with_hash, 4, "does not follow the one before it"),
        (_last_changed_with_hash, 6, "is not the one at the noted end of its chain"),
        (_deleted, 3, "is missing"),
        (_first_deleted, 1, "is missing"),
        (_all_deleted, 1, "is missing"),
        (_tail_cut, 5, "is missing"),
        (_swapped, 3, "was changed"),
        (_head_removed, 1, "is beyond the noted end of its chain"),
        (_head_set_back, 5, "is beyond the noted end of its chain"),
        (_first_zero, 0, "belongs to no chain"),
        (_last_of_no_chain, 1_600_000_000_000_000, "belongs to no chain"),
        (_put_in_at_the_end, 7, "is beyond the noted end of its chain"),
    ],
)
def test_tampering_is_found(
    chain: list[AuditRecord], tamper: Callable[[], None], sequence: int, problem: str
) -> None:
    with unguarded():
        tamper()
    with pytest.raises(BrokenChain) as broken:
        verify()
    assert broken.value.sequence == sequence
    assert str(broken.value) == f"Record {sequence} {problem}."
    said = f"The audit log is broken: Record {sequence} {problem}."
    with pytest.raises(CommandError, match=said) as failed:
        call_command("verify_audit")
    assert failed.value.returncode == 1


@pytest.mark.parametrize("column", [field.attname for field in AuditRecord._meta.fields])
def test_every_column_counts(chain: list[AuditRecord], column: str) -> None:
    record = AuditRecord.objects.get(sequence=2)
    value: object = '{"other":1}' if column in ("before", "after") else "x"
    if column == "sequence":
        value = 99
    if column == "at":
        value = record.at.replace(microsecond=(record.at.microsecond + 1) % 1_000_000)
    with unguarded():
        AuditRecord.objects.filter(sequence=2).update(**{column: value})
    with pytest.raises(BrokenChain) as broken:
        verify()
    assert broken.value.sequence == 2


def test_a_rebuilt_chain_is_found_by_what_was_noted(chain: list[AuditRecord]) -> None:
    anchor = Anchor(sequence=4, hash=chain[3].hash)
    assert verify(since=anchor).count == 2
    with unguarded():
        previous = ""
        for record in AuditRecord.objects.order_by("sequence"):
            name = "mallory" if record.sequence == 2 else record.actor_name
            _rehashed(record, actor_name=name, previous_hash=previous)
            previous = record.hash
        AuditHead.objects.filter(id=0).update(hash=previous)
    assert verify().count == 6
    with pytest.raises(BrokenChain, match=r"Record 4 is not the one that was noted\."):
        verify(since=anchor)
    with pytest.raises(BrokenChain, match=r"Record 9 is missing\."):
        verify(since=Anchor(sequence=9, hash=chain[3].hash))


def test_command_tells_the_head_and_starts_at_a_noted_one(chain: list[AuditRecord]) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    end = f"Verified ties: 0\nHead: 6 {chain[-1].hash}\nTie: 0 -\n"
    assert said.getvalue() == f"Verified records: 6\n{end}"
    call_command("verify_audit", since=5, hash=chain[4].hash, stdout=said)
    assert said.getvalue().endswith(f"Verified records: 1\n{end}")
    with pytest.raises(CommandError, match="Record 5 is not the one that was noted"):
        call_command("verify_audit", since=5, hash="0" * 64)
    for options in ({"since": 5}, {"hash": "0" * 64}, {"since": 0, "hash": "0" * 64}):
        with pytest.raises(CommandError, match="Give --hash"):
            call_command("verify_audit", **options)


def test_without_its_head_nothing_is_appended(chain: list[AuditRecord]) -> None:
    with unguarded():
        _head_removed()
    with pytest.raises(DatabaseError), transaction.atomic():
        append(ALICE, [_change(7)], at=timezone.now())
    assert AuditRecord.objects.count() == 6


def test_what_is_undone_leaves_no_record(chain: list[AuditRecord]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        append(ALICE, [_change(7)], at=timezone.now())
        raise RuntimeError
    assert AuditRecord.objects.count() == 6
    assert append(ALICE, [_change(7)], at=timezone.now())[0].sequence == 7


def test_difference_hides_secrets() -> None:
    before = {"name": "a", "secret": Hidden(value=b"one"), "gone": [1], "same": 1}
    after = {"name": "b", "secret": Hidden(value=b"two"), "new": None, "same": 1}
    assert difference(before, after) == (
        {"name": "a", "secret": "(hidden)", "gone": [1]},
        {"name": "b", "secret": "(hidden)", "new": None},
    )
    assert difference(before, dict(before)) == ({}, {})
    assert "one" not in repr(before["secret"])
    with pytest.raises(TypeError):
        difference(None, {"key": b"bytes"})


def test_every_type_of_objects_can_be_described() -> None:
    assert {"activation", "operation", "callback", "device", "message"} <= set(audited.names())
