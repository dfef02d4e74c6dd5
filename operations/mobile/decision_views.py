"""The mobile endpoints that decide about operations: mobile-token-api.md 4.6 and 4.7."""

from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, ParseError, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.validation import payload
from operations.conf import get_backend
from operations.errors import (
    ApprovalImpossible,
    ApprovalRefused,
    RejectionImpossible,
    RejectionRefused,
)
from operations.mobile import examples, provenance, words
from operations.mobile.base import OperationView, caller, check_flags
from operations.mobile.serializers import (
    MOBILE_TOKEN_DATA_SIZE,
    ApproveInput,
    OperationInput,
    RejectInput,
)
from operations.values import Approval, FailedApproval, Rejection
from powerauth.http.access import PB, PK, Access, P
from powerauth.http.generations import served_by
from powerauth.http.identity import identity
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, SignatureHeader


class DecisionView(OperationView):
    """An endpoint that takes free data of the phone beside the decision."""

    def body_bytes(self) -> int:
        # Twice its size: what is stored compactly may come with spaces and escapes.
        return super().body_bytes() + 2 * MOBILE_TOKEN_DATA_SIZE


class ApproveView(DecisionView):
    """The user approves: mobile-token-api.md 4.6."""

    endpoint = words.endpoint(
        summary="Approve an operation",
        description=(
            "Which factors suffice, the operation says. A refused approval counts; at the maximum "
            "the operation fails."
        ),
        body=ApproveInput,
        example=examples.APPROVAL,
        refusals=(*words.DECISION, ApprovalImpossible, ApprovalRefused),
    )
    access = Access(signed_with=frozenset({P, PK, PB}), resource_id="/operation/authorize")

    def post(self, request: Request) -> Response:
        body = payload(request, ApproveInput)
        me = identity(request)
        check_flags(me)
        extra = {
            "authFactor": me.signature_type.value,
            "protocolGeneration": me.generation,
            "proximity_otp": (body["proximityCheck"] or {}).get("otp"),
            "mobileTokenData": body["mobileTokenData"],
        }
        approval = Approval(
            operation_id=body["id"],
            caller=caller(request),
            data=body["data"],
            signature_type=me.signature_type,
            additional_data=provenance.of_decision(request, me, extra),
        )
        get_backend().approve(approval, at=timezone.now())
        return Response()

    def perform_authentication(self, request: Request) -> None:
        try:
            super().perform_authentication(request)
        except AuthenticationFailed as refused:
            try:
                _report_failed_approval(request)
            except ApiError as error:
                # What the operation says of the attempt, if it says anything, goes before the 401.
                raise error from refused
            raise


class RejectView(DecisionView):
    """The user rejects: mobile-token-api.md 4.7."""

    endpoint = words.endpoint(
        summary="Reject an operation",
        body=RejectInput,
        example=examples.REJECTION,
        refusals=(*words.DECISION, RejectionImpossible, RejectionRefused),
    )
    access = Access(signed_with=frozenset({P}), resource_id="/operation/cancel")

    def post(self, request: Request) -> Response:
        body = payload(request, RejectInput)
        reason = body["reason"] or ""
        extra = {
            "rejectReason": reason if reason.strip() else None,
            "mobileTokenData": body["mobileTokenData"],
        }
        rejection = Rejection(
            operation_id=body["id"],
            caller=caller(request),
            additional_data=provenance.of_decision(request, identity(request), extra),
        )
        get_backend().reject(rejection, at=timezone.now())
        return Response()


def _report_failed_approval(request: Request) -> None:
    """Report the attempt to the operation that it names, if header and body name any."""
    try:
        value = request.headers.get(SIGNATURE_HEADER, "")
        header = SignatureHeader.parse(value, served_by(request))
        body = OperationInput(data=request.data)
    except (ProtocolError, ParseError, UnsupportedMediaType):
        return
    if not body.is_valid():
        return
    report = FailedApproval(
        operation_id=body.validated_data["id"],
        activation_id=header.activation_id,
        additional_data=provenance.of_client(request),
    )
    get_backend().report_failed_approval(report, at=timezone.now())
