"""The end of rows that have served: integration-api.md 15.

Replay memory and temporary keys end with their validity, records after the configured days.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from powerauth.engine import batches, policy
from powerauth.engine.batches import BATCH
from powerauth.models import ActivationHistory, SignatureAudit, TemporaryKey, UniqueValue


def prune_unique_values(*, at: datetime, batch: int = BATCH) -> int:
    """Forget the values that no request could repeat any more; give how many."""
    rows = UniqueValue.objects.filter(expires_at__lt=at)
    return batches.delete(rows, order_by="expires_at", batch=batch)


def prune_temporary_keys(*, at: datetime, batch: int = BATCH) -> int:
    """Delete the temporary keys that no request can use any more; give how many."""
    rows = TemporaryKey.objects.filter(expires_at__lt=at)
    return batches.delete(rows, order_by="expires_at", batch=batch)


def prune_signature_audit(*, at: datetime, batch: int = BATCH) -> int:
    """Delete the records of signatures that are older than is asked for; give how many."""
    days = policy.signature_audit_retention_days()
    if not days:
        return 0
    rows = SignatureAudit.objects.filter(created_at__lt=at - timedelta(days=days))
    return batches.delete(rows, order_by="created_at", batch=batch)


def prune_activation_history(*, at: datetime, batch: int = BATCH) -> int:
    """Delete old changes of activations, but never the last one of each; give how many.

    The last change says why an activation is as it is.
    """
    days = policy.activation_history_retention_days()
    if not days:
        return 0
    later = ActivationHistory.objects.filter(
        activation_id=OuterRef("activation_id"), created_at__gt=OuterRef("created_at")
    )
    old = ActivationHistory.objects.filter(created_at__lt=at - timedelta(days=days))
    return batches.delete(old.filter(Exists(later)), order_by="created_at", batch=batch)
