"""`auth/*` and `audit/list`: authentication codes and their audit. Source: protocol-4.md 34.3.

They are the methods about signatures of the other tree, of activations of either generation: which
it is, the activation says.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.signatures import signatures
from powerauth.errors import ErrorCode
from powerauth.integration.cryptography import examples, offline, verdicts
from powerauth.integration.cryptography import signatures as v3
from powerauth.integration.cryptography.inputs import signed_request
from powerauth.integration.cryptography.verdicts import SignatureVerdict
from powerauth.integration.inputs.fields import EnumField, ListOf
from powerauth.integration.words import method
from powerauth.models import ActivationState

_TAG = "Authentication codes"
_ADMISSIBLE = frozenset({ActivationState.ACTIVE, ActivationState.PENDING_COMMIT})


class VerifyInput(v3.VerifyInput):
    """A code, what it covers, and the states in which it is compared."""

    allowed_states = ListOf(EnumField(ActivationState))


class VerifyView(v3.VerifyView):
    """`auth/verify`; the attempt is counted whatever the answer is."""

    endpoint = method(
        _TAG,
        "Verify an authentication code",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.VERSION_NOT_SUPPORTED,
        description="The attempt is counted, whatever the answer is. A code is compared if the "
        "activation is `ACTIVE`, or in one of `allowedStates`; but in no other state than that "
        "and `PENDING_COMMIT`, which the confirmation of an activation needs.",
        request={
            "activationId": examples.ACTIVATION_ID,
            "applicationKey": examples.APPLICATION_KEY,
            "data": examples.SIGNED_DATA,
            "signature": examples.MAC,
            "signatureType": "POSSESSION_KNOWLEDGE",
            "signatureVersion": "4.0",
            "allowedStates": ["ACTIVE", "PENDING_COMMIT"],
        },
        example=examples.SIGNATURE_VERDICT,
    )
    input_class = VerifyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SignatureVerdict:
        signed = signed_request(body, body["data"], tree=self.tree)
        admitted = _ADMISSIBLE & set(body["allowed_states"] or {ActivationState.ACTIVE})
        return verdicts.signature(signatures.verify_online(signed, at=at, admitted=admitted))


class OfflineVerifyView(offline.VerifyView):
    """`auth/offline/verify`; all combinations together are one attempt."""

    endpoint = method(
        _TAG,
        "Verify an offline authentication code",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.VERSION_NOT_SUPPORTED,
        description="All codes, factors and counter values together are one attempt.",
        request=offline.VERIFY_EXAMPLE,
        example=examples.SIGNATURE_VERDICT,
    )


class AuditView(v3.AuditView):
    """`audit/list`; its answer contains application secrets, and has the words of `/rest/v3`."""

    tree = 4
    endpoint = method(
        _TAG,
        "List attempts to authenticate",
        ErrorCode.INVALID_REQUEST,
        description=v3.AUDIT_DESCRIPTION,
        request=v3.AUDIT_EXAMPLE,
        example={"items": [examples.SIGNATURE_ATTEMPT]},
    )
