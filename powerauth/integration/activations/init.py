"""Activations with a code: integration-api.md 7.1."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape, Uuid
from powerauth.engine.activations import activation_init
from powerauth.engine.activations.activation_init import ActivationProtocol, InitRequest
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.errors import ErrorCode
from powerauth.integration.activations import examples
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import EnumField, Number, Text, TextList, WireEnumField
from powerauth.integration.inputs.times import FlexibleDateTime
from powerauth.integration.words import method
from powerauth.models import CommitPhase, OtpValidation, TransferType


class InitInput(Input):
    """What the new activation shall be like."""

    protocol = WireEnumField(ActivationProtocol)
    user_id = Text(needed=True)
    application_id = Text(needed=True)
    timestamp_activation_expire = FlexibleDateTime()
    max_failure_count = Number()
    activation_otp_validation = EnumField(OtpValidation)
    commit_phase = EnumField(CommitPhase)
    activation_otp = Text()
    flags = TextList()
    parent_activation_id = Text()
    transfer_type = EnumField(TransferType)


class NewActivation(TypedDict):
    """A new activation, with what the QR code is made of."""

    activationId: Uuid
    activationCode: Annotated[str, Shape("What the user scans or types.")]
    activationSignature: Annotated[
        Base64, Shape("Of the code, by the application's master key on P-256.")
    ]
    activationSignatures: Annotated[
        dict[str, str],
        Shape("Of the code, by each master key: `ES256`, `ES384`, `ML-DSA-65` and `ML-DSA-87`."),
    ]
    userId: str
    applicationId: str


_NEW: NewActivation = {
    "activationId": examples.ID,
    "activationCode": "AAAAA-BBBBB-CCCCC-DDDDD",
    "activationSignature": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ",
    "activationSignatures": {
        "ES256": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ",
        "ES384": "MGUCMQCk0VdvYvq9o4Xk1dYV0mPq",
    },
    "userId": "alice",
    "applicationId": "my-application",
}


class InitView(IntegrationView):
    """`activation/init`."""

    endpoint = method(
        "Activations",
        "Begin an activation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.NO_APPLICATION_ID,
        ErrorCode.NO_MASTER_KEY_PAIR,
        ErrorCode.NO_ACTIVATION_CODE_LEFT,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.ACTIVATION_PROPERTIES,
        description="The user scans or types the code; code and signature make the QR code.",
        request={
            "userId": "alice",
            "applicationId": "my-application",
            "commitPhase": "ON_KEY_EXCHANGE",
        },
        example=_NEW,
    )
    input_class = InitInput
    changes = Changes(kind=ACTIVATION, made="activationId")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NewActivation:
        request = InitRequest(
            protocol=body["protocol"],
            user_id=body["user_id"],
            application_id=body["application_id"],
            expires_at=body["timestamp_activation_expire"],
            max_failed_attempts=body["max_failure_count"],
            otp=body["activation_otp"],
            otp_validation=body["activation_otp_validation"],
            commit_phase=body["commit_phase"],
            flags=body["flags"] or [],
            parent_activation_id=body["parent_activation_id"],
            transfer_type=body["transfer_type"],
        )
        new = activation_init.init(request, at=at)
        self.noted(new.activation)
        return {
            "activationId": str(new.activation.id),
            "activationCode": new.activation_code,
            "activationSignature": new.activation_signature,
            "activationSignatures": dict(new.activation_signatures),
            "userId": new.activation.user_id,
            "applicationId": new.activation.application_id,
        }
