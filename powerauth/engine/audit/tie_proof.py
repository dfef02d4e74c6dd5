"""Proving the ties of the audit log: that none is gone, and that the records they name are there.

Whether the records are what they were is proved along the chains; see `audit_chain`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from powerauth.engine.audit import ties
from powerauth.engine.audit.broken import BrokenChain, same
from powerauth.engine.audit.ties import Ends
from powerauth.models import AuditHead, AuditRecord, AuditTie

BATCH = 1000  # ties that are in memory at once


@dataclass(frozen=True, slots=True, kw_only=True)
class TieAnchor:
    """A tie whose hash was noted outside of the database, or that was read last.

    Args:
        ends: of the chains at its time; only what was read from the database has them.
    """

    number: int
    hash: str
    ends: Ends = field(default_factory=dict, compare=False)


FIRST_TIE = TieAnchor(number=0, hash="")


def anchored(since: TieAnchor) -> TieAnchor:
    """Check the tie that was noted, and the ends of the chains that it names.

    Raises:
        BrokenChain: it is not the one that was noted.
    """
    if since.number == 0:
        return since
    row = AuditTie.objects.filter(number=since.number).first()
    if row is None:
        raise _broken(since.number, "is missing")
    if not same(row.hash, since.hash) or not _is_unchanged(row):
        raise _broken(since.number, "is not the one that was noted")
    ends = _ends(row)
    _check_records([(row.number, end) for end in ends.values()])
    return TieAnchor(number=row.number, hash=row.hash, ends=ends)


def verify_ties(*, since: TieAnchor, head: AuditHead, newest: int) -> tuple[int, TieAnchor]:
    """Follow the ties after `since` to their head; give how many were read, and the last one.

    Args:
        newest: number of the last tie, read before the head.

    Raises:
        BrokenChain: at the first tie that was changed, removed or put in, or that names a record
            that is not there.
    """
    previous, count = since, 0
    for batch in _following(since.number, head.sequence):
        named: list[tuple[int, tuple[int, str]]] = []
        for row in batch:
            ends = _check(row, previous)
            new = [end for chain, end in ends.items() if previous.ends.get(chain) != end]
            named += [(row.number, end) for end in new]
            previous = TieAnchor(number=row.number, hash=row.hash, ends=ends)
            count += 1
        _check_records(named)
    _check_end(previous, head, newest=newest)
    return count, previous


def _following(number: int, last: int) -> Iterator[list[AuditTie]]:
    while True:
        rows = AuditTie.objects.filter(number__gt=number, number__lte=last)
        batch = list(rows.order_by("number")[:BATCH])
        yield batch
        if len(batch) < BATCH:
            return
        number = batch[-1].number


def _check(row: AuditTie, previous: TieAnchor) -> Ends:
    expected = previous.number + 1
    if row.number != expected:
        raise _broken(expected, "is missing")
    if not _is_unchanged(row):
        raise _broken(expected, "was changed")
    if not same(row.previous_hash, previous.hash):
        raise _broken(expected, "does not follow the one before it")
    ends = _ends(row)
    for chain, end in previous.ends.items():
        if chain not in ends:
            raise _broken(expected, f"leaves out chain {chain}")
        if ends[chain][0] < end[0]:
            raise _broken(expected, f"sets chain {chain} back")
    return ends


def _ends(row: AuditTie) -> Ends:
    try:
        return ties.ends_of(row)
    except ValueError as error:
        raise _broken(row.number, "was changed") from error


def _check_records(named: list[tuple[int, tuple[int, str]]]) -> None:
    """Insist on the records that ties name, each with the hash that it had.

    Args:
        named: the number of a tie with the number and the hash of a record, by ties.
    """
    for start in range(0, len(named), BATCH):
        part = named[start : start + BATCH]
        rows = AuditRecord.objects.filter(sequence__in={end[0] for _, end in part})
        hashes = dict(rows.values_list("sequence", "hash"))
        for number, (sequence, noted) in part:
            if sequence not in hashes:
                raise BrokenChain(sequence, f"is missing, which tie {number} names")
            if not same(hashes[sequence], noted):
                raise BrokenChain(sequence, f"is not the one that tie {number} names")


def _check_end(last: TieAnchor, head: AuditHead, *, newest: int) -> None:
    if last.number < head.sequence:
        raise _broken(last.number + 1, "is missing")
    if newest > head.sequence:
        raise _broken(head.sequence + 1, "is beyond the noted end of the ties")
    if not same(last.hash, head.hash):
        raise _broken(last.number, "is not the one at the noted end of the ties")


def _is_unchanged(row: AuditTie) -> bool:
    return same(row.hash, ties.hash_of(row))


def _broken(number: int, problem: str) -> BrokenChain:
    return BrokenChain(number, problem, subject=f"Tie {number}")
