"""`activation/status`, whose blob travels encrypted by the caller. Source: protocol-4.md 34.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.activations import activation_status, signed_codes
from powerauth.errors import ErrorCode
from powerauth.integration.activations import answers, examples, reads
from powerauth.integration.activations.answers import ActivationStatusV4
from powerauth.integration.words import method
from powerauth.models import ActivationState
from powerauth.protocol.encoding import b64


class StatusView(reads.StatusView):
    """`activation/status`; an unknown activation is one that was removed."""

    endpoint = method(
        "Activations",
        "Read the status of an activation",
        ErrorCode.INVALID_REQUEST,
        description="An unknown activation is reported as removed.",
        request=examples.BY_ID,
        example=ActivationStatusV4(
            **examples.DETAIL,
            statusBlob="3sDe1AMEBAgAAAAAAQAFFA==",
            confirmationPending=False,
            activationSignatures=None,
        ),
    )

    def call(  # type: ignore[override] # another answer than in `/rest/v3`
        self, body: Mapping[str, Any], *, at: datetime
    ) -> ActivationStatusV4:
        activation = activation_status.current(body["activation_id"], at=at)
        if activation is None:
            detail = answers.unknown_detail(body["activation_id"])
            return {
                **detail,
                "statusBlob": None,
                "confirmationPending": False,
                "activationSignatures": None,
            }
        blob = activation_status.readable_by_callers(activation)
        created = activation.state == ActivationState.CREATED
        return {
            **answers.detail(activation),
            "statusBlob": None if blob is None else b64(blob),
            "confirmationPending": activation.confirmation_pending,
            "activationSignatures": signed_codes.signatures(activation) if created else None,
        }
