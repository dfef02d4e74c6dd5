"""Ties of the chains of the audit log: each names the end of every chain and the tie before it.

Whoever has noted the hash of one tie outside of the database can prove every record that was
there at its time, in whichever chain.
"""

import json
import logging
from datetime import UTC, datetime
from hashlib import sha256

from django.db import transaction

from powerauth.engine.audit import chains
from powerauth.engine.audit.audit_log import canonical
from powerauth.models import AuditHead, AuditTie

logger = logging.getLogger(__name__)

Ends = dict[int, tuple[int, str]]
"""Of each used chain, by its number: the number and the hash of its last record."""


def tie(*, at: datetime) -> int:
    """Write a tie if a chain has grown since the last one; give how many were written.

    Nobody who appends waits for it: a head is read as it was committed, without a lock.
    """
    with transaction.atomic():
        end = chains.locked_head_of_ties()
        heads = canonical_ends(_ends())
        last = AuditTie.objects.filter(number=end.sequence).first()
        if heads == (canonical_ends({}) if last is None else last.heads):
            return 0
        made = AuditTie(number=end.sequence + 1, at=at, heads=heads, previous_hash=end.hash)
        made.hash = hash_of(made)
        made.save(force_insert=True)
        AuditHead.objects.filter(id=chains.TIES).update(sequence=made.number, hash=made.hash)
    # Logs are kept elsewhere, so that each line notes the hash where the database does not reach.
    logger.info("audit log tied: tie=%d hash=%s", made.number, made.hash)
    return 1


def _ends() -> Ends:
    heads = AuditHead.objects.filter(id__lt=chains.TIES)
    return {head.id: (head.sequence, head.hash) for head in heads if chains.is_used(head)}


def hash_of(row: AuditTie) -> str:
    """Compute the hash of a tie from all its other members, in hexadecimal."""
    members = {
        "tie": row.number,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "heads": row.heads,
        "previousHash": row.previous_hash,
    }
    return sha256(canonical(members).encode("ascii")).hexdigest()


def canonical_ends(ends: Ends) -> str:
    """Write the ends of chains in the one way in which ties have them."""
    return canonical({str(chain): list(end) for chain, end in ends.items()})


def ends_of(row: AuditTie) -> Ends:
    """Read the ends of chains that a tie names.

    Raises:
        ValueError: it names none that anybody could have written.
    """
    try:
        named = json.loads(row.heads).items()
        ends = {int(chain): (int(end[0]), str(end[1])) for chain, end in named}
    except (AttributeError, IndexError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("not the ends of chains") from error
    if any(chains.chain_of(sequence) != chain for chain, (sequence, _) in ends.items()):
        raise ValueError("a record of another chain")
    return ends
