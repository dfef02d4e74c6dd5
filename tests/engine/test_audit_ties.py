"""Several chains of the audit log and the ties between them: whatever is changed is named."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from powerauth.engine.audit import chains, tie_proof, ties
from powerauth.engine.audit.audit_chain import Anchor, verify
from powerauth.engine.audit.audit_log import Actor, Change, append, canonical, hash_of
from powerauth.engine.audit.broken import BrokenChain
from powerauth.engine.audit.tie_proof import TieAnchor
from powerauth.models import ActorKind, AuditHead, AuditRecord, AuditTie
from tests.audit_guard import unguarded

pytestmark = pytest.mark.django_db
ALICE = Actor(kind=ActorKind.ADMIN, id="1", name="alice")
SECOND = chains.SPAN  # before the first record of chain 1
LAST = 15 * chains.SPAN  # before the first record of chain 15


def _append(chain: int) -> AuditRecord:
    """Append as if all other chains were taken."""
    change = Change(action="activation/block", object_type="activation", object_id="a")
    append(ALICE, [], at=timezone.now())
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        if AuditHead.objects.exists():
            patch.setattr(chains, "locked_head", lambda: AuditHead.objects.get(id=chain))
        (record,) = append(ALICE, [change], at=timezone.now())
    return record


def _tie() -> TieAnchor:
    assert ties.tie(at=timezone.now()) == 1
    row = AuditTie.objects.latest("number")
    return TieAnchor(number=row.number, hash=row.hash)


@pytest.fixture
def log(db: None) -> Iterator[list[TieAnchor]]:
    """Three chains with 4, 3 and 2 records, and three ties, of which the last covers all."""
    assert ties.tie(at=timezone.now()) == 0  # makes the heads, too
    noted = []
    for numbers in ((0, 0, 1), (0, 1, 15), (0, 1, 15)):
        for chain in numbers:
            _append(chain)
        noted.append(_tie())
    yield noted


def test_every_chain_counts_for_itself(log: list[TieAnchor]) -> None:
    numbers = list(AuditRecord.objects.order_by("sequence").values_list("sequence", flat=True))
    assert numbers == [
        *(1, 2, 3, 4),
        *(SECOND + 1, SECOND + 2, SECOND + 3),
        *(LAST + 1, LAST + 2),
    ]
    firsts = AuditRecord.objects.filter(sequence__in=(1, SECOND + 1, LAST + 1))
    assert set(firsts.values_list("previous_hash", flat=True)) == {""}
    verified = verify()
    assert (verified.count, verified.ties, verified.tie) == (9, 3, log[-1])
    assert {chain: end.sequence for chain, end in verified.ends.items()} == {
        0: 4,
        1: SECOND + 3,
        15: LAST + 2,
    }


def test_a_tie_names_every_used_chain(log: list[TieAnchor]) -> None:
    row = AuditTie.objects.get(number=2)
    named = (3, SECOND + 2, LAST + 1)
    hashes = dict(AuditRecord.objects.values_list("sequence", "hash"))
    assert json.loads(row.heads) == {
        str(chain): [sequence, hashes[sequence]]
        for chain, sequence in zip((0, 1, 15), named, strict=True)
    }
    assert (row.previous_hash, row.hash) == (log[0].hash, log[1].hash)


def test_a_tie_is_written_only_after_changes(log: list[TieAnchor]) -> None:
    assert ties.tie(at=timezone.now()) == 0
    append(ALICE, [Change(action="a", object_type="b")], at=timezone.now())
    assert (ties.tie(at=timezone.now()), ties.tie(at=timezone.now())) == (1, 0)
    assert AuditTie.objects.count() == 4


def test_whoever_appends_takes_the_first_chain_if_nobody_holds_it(log: list[TieAnchor]) -> None:
    assert append(ALICE, [Change(action="a", object_type="b")], at=timezone.now())[0].sequence == 5


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_batches_join(log: list[TieAnchor], monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(tie_proof, "BATCH", size)
    monkeypatch.setattr("powerauth.engine.audit.audit_chain.BATCH", size)
    verified = verify()
    assert (verified.count, verified.ties, verified.tie) == (9, 3, log[-1])


def test_verifying_goes_on_from_what_was_noted(log: list[TieAnchor]) -> None:
    read = [(verify(since=tie).count, verify(since=tie).ties) for tie in log]
    assert read == [(6, 2), (3, 1), (0, 0)]
    second = AuditRecord.objects.get(sequence=SECOND + 1)
    verified = verify(since=Anchor(sequence=second.sequence, hash=second.hash))
    assert (verified.count, verified.ties) == (8, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE powerauth_audittie SET heads = heads",
        "DELETE FROM powerauth_audittie WHERE number = 3",
        "DELETE FROM powerauth_audithead WHERE id = 1000",
        "UPDATE powerauth_audithead SET sequence = 2 WHERE id = 1000",
        "UPDATE powerauth_audithead SET hash = '' WHERE id = 15",
    ],
)
def test_the_database_refuses(log: list[TieAnchor], statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().ties == 3


def _delete_chain() -> None:
    AuditRecord.objects.filter(sequence__gt=SECOND, sequence__lt=2 * SECOND).delete()


def _delete_chain_with_its_head() -> None:
    _delete_chain()
    AuditHead.objects.filter(id=1).delete()


def _empty_chain() -> None:
    _delete_chain()
    AuditHead.objects.filter(id=1).update(sequence=SECOND, hash="")


def _set_back(chain: int, sequence: int) -> None:
    last = AuditRecord.objects.get(sequence=sequence)
    AuditRecord.objects.filter(sequence__gt=sequence, sequence__lt=(chain + 1) * SECOND).delete()
    AuditHead.objects.filter(id=chain).update(sequence=sequence, hash=last.hash)


def _delete_newest() -> None:
    AuditRecord.objects.filter(sequence=LAST + 2).delete()


def _delete_newest_with_its_trace() -> None:
    _set_back(15, LAST + 1)


def _swap() -> None:
    for old, new in ((2, 99), (SECOND + 2, 2), (99, SECOND + 2)):
        AuditRecord.objects.filter(sequence=old).update(sequence=new)


def _swap_with_hashes() -> None:
    _swap()
    for sequence in (2, SECOND + 2):
        record = AuditRecord.objects.get(sequence=sequence)
        AuditRecord.objects.filter(pk=sequence).update(hash=hash_of(record))


def _move_to_another_chain() -> None:
    record = AuditRecord.objects.get(sequence=4)
    record.delete()
    _set_back(0, 3)
    record.sequence, record.previous_hash = LAST + 3, AuditHead.objects.get(id=15).hash
    record.hash = hash_of(record)
    record.save(force_insert=True)
    AuditHead.objects.filter(id=15).update(sequence=record.sequence, hash=record.hash)


def _change_head() -> None:
    AuditHead.objects.filter(id=15).update(hash="0" * 64)


def _move_head() -> None:
    AuditHead.objects.filter(id=3).update(sequence=3 * SECOND + 1, hash="0" * 64)


def _delete_unused_head() -> None:
    AuditHead.objects.filter(id=7).delete()


def _delete_head_of_ties() -> None:
    AuditHead.objects.filter(id=chains.TIES).delete()


def _delete_tie(number: int) -> Callable[[], None]:
    def delete() -> None:
        AuditTie.objects.filter(number=number).delete()

    return delete


def _delete_all_ties() -> None:
    AuditTie.objects.all().delete()


def _delete_all_ties_with_their_trace() -> None:
    _delete_all_ties()
    _delete_head_of_ties()


def _set_ties_back() -> None:
    AuditHead.objects.filter(id=chains.TIES).update(
        sequence=2, hash=AuditTie.objects.get(number=2).hash
    )


def _change_tie() -> None:
    AuditTie.objects.filter(number=2).update(at=timezone.now() + timedelta(days=1))


def _change_tie_to_nonsense() -> None:
    _rewrite_tie(2, heads="[]")


def _rewrite_tie(number: int, *, heads: str) -> None:
    row = AuditTie.objects.get(number=number)
    row.heads = heads
    row.hash = ties.hash_of(row)
    row.save()


def _change_tie_with_hash() -> None:
    _rewrite_tie(1, heads=AuditTie.objects.get(number=1).heads + " ")


def _change_last_tie_with_hash() -> None:
    _rewrite_tie(3, heads=AuditTie.objects.get(number=3).heads + " ")


def _last_tie_with(change: Callable[[dict[str, list[object]]], None]) -> None:
    row = AuditTie.objects.get(number=3)
    heads = json.loads(row.heads)
    change(heads)
    _rewrite_tie(3, heads=canonical(heads))
    AuditHead.objects.filter(id=chains.TIES).update(hash=AuditTie.objects.get(number=3).hash)


def _last_tie_leaves_out_a_chain() -> None:
    _last_tie_with(lambda heads: heads.__delitem__("1"))


def _last_tie_sets_a_chain_back() -> None:
    _last_tie_with(lambda heads: heads.update({"0": [2, "0" * 64]}))


def _last_tie_names_another_hash() -> None:
    _last_tie_with(lambda heads: heads.update({"0": [4, "0" * 64]}))


def _last_tie_names_another_chain() -> None:
    _last_tie_with(lambda heads: heads.update({"0": [LAST + 2, "0" * 64]}))


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_delete_chain, f"Record {SECOND + 1} is missing."),
        (_delete_chain_with_its_head, "The head of chain 1 is missing."),
        (_empty_chain, f"Record {SECOND + 1} is missing, which tie 1 names."),
        (_delete_newest, f"Record {LAST + 2} is missing."),
        (_delete_newest_with_its_trace, f"Record {LAST + 2} is missing, which tie 3 names."),
        (_swap, "Record 2 was changed."),
        (_swap_with_hashes, "Record 2 does not follow the one before it."),
        (_move_to_another_chain, "Record 4 is missing, which tie 3 names."),
        (_change_head, f"Record {LAST + 2} is not the one at the noted end of its chain."),
        (_move_head, f"Record {3 * SECOND + 1} is missing."),
        (_delete_unused_head, "The head of chain 7 is missing."),
        (_delete_head_of_ties, "The head of the ties is missing."),
        (_delete_tie(1), "Tie 1 is missing."),
        (_delete_tie(2), "Tie 2 is missing."),
        (_delete_tie(3), "Tie 3 is missing."),
        (_delete_all_ties, "Tie 1 is missing."),
        (_delete_all_ties_with_their_trace, "The head of the ties is missing."),
        (_set_ties_back, "Tie 3 is beyond the noted end of the ties."),
        (_change_tie, "Tie 2 was changed."),
        (_change_tie_to_nonsense, "Tie 2 was changed."),
        (_change_tie_with_hash, "Tie 2 does not follow the one before it."),
        (_change_last_tie_with_hash, "Tie 3 is not the one at the noted end of the ties."),
        (_last_tie_leaves_out_a_chain, "Tie 3 leaves out chain 1."),
        (_last_tie_sets_a_chain_back, "Tie 3 sets chain 0 back."),
        (_last_tie_names_another_hash, "Record 4 is not the one that tie 3 names."),
        (_last_tie_names_another_chain, "Tie 3 was changed."),
    ],
)
def test_tampering_is_found(log: list[TieAnchor], tamper: Callable[[], None], said: str) -> None:
    with unguarded():
        tamper()
    with pytest.raises(BrokenChain) as broken:
        verify()
    assert str(broken.value) == said


def _rebuild_everything() -> None:
    """Change a record, and compute anew every hash that stands in the database."""
    for start in (0, SECOND, LAST):
        previous = ""
        rows = AuditRecord.objects.filter(sequence__gt=start, sequence__lt=start + SECOND)
        for record in rows.order_by("sequence"):
            record.previous_hash = previous
            if record.sequence == SECOND + 1:
                record.actor_name = "mallory"
            record.hash = previous = hash_of(record)
            record.save()
        AuditHead.objects.filter(id=chains.chain_of(start)).update(hash=previous)
    hashes = dict(AuditRecord.objects.values_list("sequence", "hash"))
    previous = ""
    for tie in AuditTie.objects.order_by("number"):
        ends = {
            chain: (sequence, hashes[sequence])
            for chain, (sequence, _) in ties.ends_of(tie).items()
        }
        tie.heads, tie.previous_hash = ties.canonical_ends(ends), previous
        tie.hash = previous = ties.hash_of(tie)
        tie.save()
    AuditHead.objects.filter(id=chains.TIES).update(hash=previous)


def test_one_noted_hash_shows_that_everything_was_rebuilt(log: list[TieAnchor]) -> None:
    with unguarded():
        _rebuild_everything()
    assert verify().count == 9
    for tie in log:
        with pytest.raises(BrokenChain) as broken:
            verify(since=tie)
        assert str(broken.value) == f"Tie {tie.number} is not the one that was noted."


def test_a_noted_tie_or_its_records_that_are_gone_are_named(log: list[TieAnchor]) -> None:
    with pytest.raises(BrokenChain, match=r"^Tie 9 is missing\.$"):
        verify(since=TieAnchor(number=9, hash=log[0].hash))
    with unguarded():
        _set_back(1, SECOND + 1)
    with pytest.raises(BrokenChain) as broken:
        verify(since=log[-1])
    assert str(broken.value) == f"Record {SECOND + 3} is missing, which tie 3 names."


def test_a_noted_record_of_another_chain_is_found(log: list[TieAnchor]) -> None:
    with pytest.raises(BrokenChain) as broken:
        verify(since=Anchor(sequence=LAST + 1, hash="0" * 64))
    assert str(broken.value) == f"Record {LAST + 1} is not the one that was noted."


def test_the_command_ties_and_starts_at_a_noted_tie(log: list[TieAnchor]) -> None:
    _append(1)
    said = StringIO()
    call_command("verify_audit", "--tie", stdout=said)
    row = AuditTie.objects.latest("number")
    ends = AuditHead.objects.filter(id__in=(0, 1, 15)).order_by("id")
    assert said.getvalue().splitlines() == [
        "Verified records: 10",
        "Verified ties: 4",
        *(f"Head: {head.sequence} {head.hash}" for head in ends),
        f"Tie: 4 {row.hash}",
    ]
    said = StringIO()
    call_command("verify_audit", "--since-tie", "2", "--hash", log[1].hash, stdout=said)
    assert said.getvalue().splitlines()[:2] == ["Verified records: 4", "Verified ties: 2"]
    with pytest.raises(CommandError, match=r"Tie 2 is not the one that was noted\."):
        call_command("verify_audit", "--since-tie", "2", "--hash", "0" * 64)
    with pytest.raises(CommandError, match="Give --hash"):
        call_command("verify_audit", "--since-tie", "2")


def test_each_tie_leaves_its_hash_in_the_log(
    log: list[TieAnchor], caplog: pytest.LogCaptureFixture
) -> None:
    _append(0)
    with caplog.at_level("INFO", logger=ties.__name__):
        tie = _tie()
    assert f"audit log tied: tie=4 hash={tie.hash}" in caplog.text
