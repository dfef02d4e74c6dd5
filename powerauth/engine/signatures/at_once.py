"""An attempt to sign in two statements: read the activation, change it if it is still the same.

Nothing is locked while keys are unsealed and signatures are compared. Whatever blocks the
activation, or is out of the ordinary, or was changed meanwhile, is left to `signatures`, which
decides under the lock of the activation.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from enrollment_server.database.statements import execute
from enrollment_server.database.writes import (
    ROW_VERSION,
    column_values,
    insert_text,
    inserted_values,
    update_text,
)
from powerauth.engine.activations import activations
from powerauth.engine.signatures import judgement, signature_attempt, signing_parties, version_floor
from powerauth.engine.signatures.judgement import Outcome
from powerauth.models import Activation, ActivationState, SignatureAudit
from powerauth.values import SignatureVerdict, SignedRequest


def verify(
    request: SignedRequest,
    additional_info: Mapping[str, str],
    *,
    at: datetime,
    admitted: Collection[ActivationState] = activations.ONLY_ACTIVE,
) -> SignatureVerdict | None:
    """Verify a signature, and count the attempt; None if that needs the lock.

    None also where the database has no versions of rows, but one lock for all who write.
    """
    if connection.vendor != "postgresql":
        return None
    activation = signing_parties.see(request.activation_id, application_key=request.application_key)
    if activation is None or activation.version_secret is None:
        return None
    # A lower version leaves a log line, which must not be written twice.
    if not version_floor.is_reached(activation, request.version):
        return None
    attempt = signature_attempt.online(request, activation.version_secret, additional_info)
    outcome = judgement.judge(activation, attempt, at=at, admitted=admitted)
    if outcome.blocks or not _changed(activation, outcome):
        return None
    return judgement.verdict(activation, outcome.kind, note=outcome.note)


def _changed(activation: Any, outcome: Outcome) -> bool:
    """Change an activation that is as it was read, and record the attempt; tell whether it was."""
    names = tuple(outcome.values)
    values = [*column_values(Activation, outcome.values), activation.pk, activation.row_version]
    if outcome.trail is None:
        text = update_text(Activation, names, f"{ROW_VERSION} = %s")
    else:
        changing = update_text(Activation, names, f"{ROW_VERSION} = %s RETURNING 1")
        text = f"WITH changed AS ({changing}) {insert_text(SignatureAudit, 'changed')}"
        values += inserted_values(outcome.trail)
    if execute(text, values).count != 1:
        return False
    for name, value in outcome.values.items():
        setattr(activation, name, value)
    return True
