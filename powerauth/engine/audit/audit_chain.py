"""Proving that nobody has changed the audit log: the first link of its chains that is broken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q

from powerauth.engine.audit import chains, tie_proof
from powerauth.engine.audit.audit_log import hash_of
from powerauth.engine.audit.broken import BrokenChain, same
from powerauth.engine.audit.tie_proof import FIRST_TIE, TieAnchor
from powerauth.models import AuditHead, AuditRecord, AuditTie

BATCH = 1000  # records that are in memory at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A record whose hash was noted outside of the database: it has to be what it was."""

    sequence: int
    hash: str


START = Anchor(sequence=0, hash="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was read, and what is worth noting elsewhere.

    Args:
        count, ties: how many records and ties were read.
        ends: the last record of each used chain, by the number of the chain.
        tie: the last tie, number 0 if there is none.
    """

    count: int
    ties: int
    ends: Mapping[int, Anchor]
    tie: TieAnchor


def verify(*, since: Anchor | TieAnchor = START) -> Verified:
    """Follow the ties and all chains to their ends, while others may go on appending.

    Args:
        since: a record, before which nothing of its chain is read, or a tie, before which nothing
            of any chain is.

    Raises:
        BrokenChain: at the first record or tie that was changed, removed or put in.
    """
    starts, tie_start = _starts(since)
    # In this order: what is appended in between moves both, and the heads are read last, so that
    # no tie names a record behind them.
    newest = {chain: _newest(chain) for chain in range(chains.CHAINS)}
    newest_tie = AuditTie.objects.order_by("-number").values_list("number", flat=True).first()
    end_of_ties = AuditHead.objects.filter(id=chains.TIES).first() or AuditHead(id=chains.TIES)
    heads = {head.id: head for head in AuditHead.objects.all()}
    _check_heads(heads)
    _check_strays()
    count, ends = 0, {}
    for chain, last in newest.items():
        empty = AuditHead(id=chain, sequence=chains.before_first(chain))
        start = starts.get(chain, Anchor(sequence=empty.sequence, hash=""))
        read, end = _verify_chain(start, heads.get(chain, empty), newest=last)
        count += read
        if end.sequence > empty.sequence:
            ends[chain] = end
    ties, tie = tie_proof.verify_ties(since=tie_start, head=end_of_ties, newest=newest_tie or 0)
    return Verified(count=count, ties=ties, ends=ends, tie=tie)


def _starts(since: Anchor | TieAnchor) -> tuple[dict[int, Anchor], TieAnchor]:
    """Check what was noted; give where each chain and the ties are read from."""
    if isinstance(since, Anchor):
        return ({chains.chain_of(since.sequence): _anchored(since)}, FIRST_TIE)
    tie = tie_proof.anchored(since)
    ends = {
        chain: _anchored(Anchor(sequence=sequence, hash=noted))
        for chain, (sequence, noted) in tie.ends.items()
    }
    return ends, tie


def _anchored(since: Anchor) -> Anchor:
    """Check the record that was noted; none was before the first one."""
    if since == START:
        return since
    record = AuditRecord.objects.filter(pk=since.sequence).order_by("pk").first()
    if record is None:
        raise BrokenChain(since.sequence, "is missing")
    if not same(record.hash, since.hash) or not _is_unchanged(record):
        raise BrokenChain(since.sequence, "is not the one that was noted")
    return since


def _newest(chain: int) -> int:
    """Give the number of the last record of a chain, whatever its head says; 0 for none."""
    start = chains.before_first(chain)
    rows = AuditRecord.objects.filter(sequence__gte=start, sequence__lt=start + chains.SPAN)
    return rows.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def _check_heads(heads: Mapping[int, AuditHead]) -> None:
    """Insist on all heads: they are made together, so that one that is missing was removed."""
    if not heads:
        return
    for chain in range(chains.CHAINS):
        if chain not in heads:
            first = chains.before_first(chain) + 1
            raise BrokenChain(first, "is missing", subject=f"The head of chain {chain}")
    if chains.TIES not in heads:
        raise BrokenChain(1, "is missing", subject="The head of the ties")


def _check_strays() -> None:
    """Insist that no record has a number that no chain gives."""
    ends = [chains.before_first(chain) for chain in range(chains.CHAINS + 1)]
    outside = Q(sequence__lte=ends[0]) | Q(sequence__gte=ends[-1]) | Q(sequence__in=ends)
    rows = AuditRecord.objects.filter(outside).order_by("sequence")
    stray = rows.values_list("sequence", flat=True).first()
    if stray is not None:
        raise BrokenChain(stray, "belongs to no chain")


def _verify_chain(since: Anchor, head: AuditHead, *, newest: int) -> tuple[int, Anchor]:
    """Follow one chain from `since` to its head; give how many were read, and the last one."""
    previous, count = since, 0
    for record in _following(since.sequence, head.sequence):
        _check(record, previous)
        previous, count = Anchor(sequence=record.sequence, hash=record.hash), count + 1
    _check_end(previous, head, newest=newest)
    return count, previous


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
    if not same(record.previous_hash, previous.hash):
        raise BrokenChain(expected, "does not follow the one before it")


def _check_end(last: Anchor, head: AuditHead, *, newest: int) -> None:
    if last.sequence < head.sequence:
        raise BrokenChain(last.sequence + 1, "is missing")
    if newest > head.sequence:
        raise BrokenChain(head.sequence + 1, "is beyond the noted end of its chain")
    if not same(last.hash, head.hash):
        raise BrokenChain(last.sequence, "is not the one at the noted end of its chain")


def _is_unchanged(record: AuditRecord) -> bool:
    try:
        return same(record.hash, hash_of(record))
    except (ValueError, RecursionError):
        return False
