"""Proving that nobody has changed the audit log: the first link of its chain that is broken."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from powerauth.engine.audit.audit_log import hash_of
from powerauth.models import AuditHead, AuditRecord

BATCH = 1000  # records that are in memory at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A record whose hash was noted outside of the database: it has to be what it was."""

    sequence: int
    hash: str


START = Anchor(sequence=0, hash="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How many records were read, and the end of the chain, which is worth noting elsewhere."""

    count: int
    sequence: int
    hash: str


class BrokenChain(Exception):
    """Somebody has changed the log.

    Args:
        sequence: number of the first record that is not what it was.
        problem: what is wrong with it, as the end of a sentence.
    """

    def __init__(self, sequence: int, problem: str) -> None:
        self.sequence = sequence
        super().__init__(f"Record {sequence} {problem}.")


def verify(*, since: Anchor = START) -> Verified:
    """Follow the chain from `since` to its head, while others may go on appending.

    Raises:
        BrokenChain: at the first record that was changed, removed or put in.
    """
    # In this order: what is appended in between moves both, and the head is read last.
    newest = AuditRecord.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    head = AuditHead.objects.first() or AuditHead()
    previous, count = _anchored(since), 0
    for record in _following(since.sequence, head.sequence):
        _check(record, previous)
        previous, count = Anchor(sequence=record.sequence, hash=record.hash), count + 1
    _check_end(previous, head, newest=newest or 0)
    return Verified(count=count, sequence=head.sequence, hash=head.hash)


def _anchored(since: Anchor) -> Anchor:
    """Check the record that was noted; none was before the first one."""
    if since.sequence == 0:
        return since
    record = AuditRecord.objects.filter(sequence=since.sequence).first()
    if record is None:
        raise BrokenChain(since.sequence, "is missing")
    if not _same(record.hash, since.hash) or not _is_unchanged(record):
        raise BrokenChain(since.sequence, "is not the one that was noted")
    return since


def _following(sequence: int, last: int) -> Iterator[AuditRecord]:
    """Read the records after `sequence` in batches, with no transaction open in between."""
    while True:
        rows = AuditRecord.objects.filter(sequence__gt=sequence, sequence__lte=last)
        batch = list(rows.order_by("sequence")[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        sequence = batch[-1].sequence


def _check(record: AuditRecord, previous: Anchor) -> None:
    expected = previous.sequence + 1
    if record.sequence != expected:
        raise BrokenChain(expected, "is missing")
    if not _is_unchanged(record):
        raise BrokenChain(expected, "was changed")
    if not _same(record.previous_hash, previous.hash):
        raise BrokenChain(expected, "does not follow the one before it")


def _check_end(last: Anchor, head: AuditHead, *, newest: int) -> None:
    if last.sequence < head.sequence:
        raise BrokenChain(last.sequence + 1, "is missing")
    if newest > head.sequence:
        raise BrokenChain(head.sequence + 1, "is beyond the noted end of the log")
    if not _same(last.hash, head.hash):
        raise BrokenChain(last.sequence, "is not the one at the noted end of the log")


def _is_unchanged(record: AuditRecord) -> bool:
    try:
        return _same(record.hash, hash_of(record))
    except (ValueError, RecursionError):
        return False


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
