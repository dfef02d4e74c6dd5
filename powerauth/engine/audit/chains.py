"""The chains of the audit log: how their records are numbered, and where each of them ends.

A transaction has the chain to which it appends for itself until it ends; with several of them,
servers change things at the same time without waiting for each other. The number of a record,
which is part of what is hashed, names its chain: those of chain 0, which was there alone once, are
1, 2, 3, those of chain 7 are 700000000000001 and so on.
"""

from threading import get_native_id

from django.db import IntegrityError

from enrollment_server.database.compiled import Compiled
from powerauth.models import AuditHead, AuditRecord

CHAINS = 16
SPAN = 10**14  # numbers of a chain; a reader of JSON that knows only doubles keeps them all exactly
TIES = 1000  # the head of the ties, beside those of the chains


def chain_of(sequence: int) -> int:
    """Give the chain of a record by its number."""
    return sequence // SPAN


def before_first(chain: int) -> int:
    """Give the number that the head of a chain has before its first record."""
    return chain * SPAN


def is_used(head: AuditHead) -> bool:
    """Tell whether a chain has records."""
    return head.sequence > before_first(head.id)


def locked_head() -> AuditHead:
    """Lock the head of the first chain that nobody holds; wait only if all of them are held.

    The first one, so that the others stay empty, and quick to prove, until they are needed.

    Raises:
        IntegrityError: somebody has removed all heads.
    """
    if (head := _FREE.first()) is not None:
        return head
    ids = _ids()
    if (head := _FREE.first()) is not None:
        return head
    return AuditHead.objects.select_for_update().get(id=ids[get_native_id() % len(ids)])


_FREE: Compiled[AuditHead] = Compiled(
    lambda: (
        AuditHead.objects.filter(id__lt=CHAINS)
        .order_by("id")
        .select_for_update(skip_locked=True)[:1]
    )
)


def locked_head_of_ties() -> AuditHead:
    """Lock the head of the ties.

    Raises:
        AuditHead.DoesNotExist: somebody has removed it.
        IntegrityError: somebody has removed all heads.
    """
    _ids()
    return AuditHead.objects.select_for_update().get(id=TIES)


def _ids() -> list[int]:
    """List the chains by their heads; those of an empty log are made, all or none.

    One that is missing was removed, and is not made again, so that it is missed.
    """
    # In this order: whoever makes the heads commits the first record together with them.
    used = AuditRecord.objects.exists()
    ids = list(AuditHead.objects.filter(id__lt=CHAINS).values_list("id", flat=True))
    if ids:
        return ids
    if used:
        raise IntegrityError("the heads of the audit log were removed")
    chains = list(range(CHAINS))
    rows = [AuditHead(id=chain, sequence=before_first(chain)) for chain in chains]
    AuditHead.objects.bulk_create([*rows, AuditHead(id=TIES)], ignore_conflicts=True)
    return chains
