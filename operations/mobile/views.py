"""The mobile operation endpoints: mobile-token-api.md 4."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, ParseError, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.envelope import Envelope
from enrollment_server.api.errors import ApiError, NotFound
from enrollment_server.api.mobile import InvalidActivation, InvalidRequest
from enrollment_server.api.views import ApiView
from operations import policy
from operations.conf import get_backend
from operations.errors import (
    ApprovalImpossible,
    ApprovalRefused,
    RejectionImpossible,
    RejectionRefused,
    Unauthenticated,
    error_of,
)
from operations.mobile import examples, provenance, words
from operations.mobile.serializers import (
    MOBILE_TOKEN_DATA_SIZE,
    ApproveInput,
    ObjectInput,
    OperationInput,
    RejectInput,
)
from operations.screen.locales import RequestLocale, parse_accept_language
from operations.screen.presentation import format_time, present, present_all
from operations.values import Approval, Caller, FailedApproval, Rejection
from powerauth.errors import EngineRefusal
from powerauth.http.access import PB, PK, PKB, SIGNED_BODY, Access, P
from powerauth.http.authentication import SignatureAuthentication, TokenAuthentication
from powerauth.http.identity import Identity, identity
from powerauth.http.permissions import Authenticated
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, SignatureHeader


def _reading(setting: str) -> Access:
    return Access(
        signed_with=frozenset({P, PK, PB}),
        tokens_of=frozenset({P, PK, PB, PKB}),
        resource_ids_setting=setting,
    )


class OperationView(ApiView):
    """An endpoint that needs a signature, unless it says that a token does as well."""

    access: ClassVar[Access]
    http_method_names = ["post"]
    authentication_classes = [SignatureAuthentication]
    permission_classes = [Authenticated]
    body_limit = SIGNED_BODY
    invalid_request = InvalidRequest
    unauthenticated = Unauthenticated

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not policy.api_enabled():
            raise NotFound
        super().initial(request, *args, **kwargs)

    def documented_error(self, exc: Exception) -> ApiError | None:
        return error_of(exc) if isinstance(exc, EngineRefusal) else None


class ReadingView(OperationView):
    """An endpoint for which a token does as well; with both headers, the token counts."""

    authentication_classes = [TokenAuthentication, SignatureAuthentication]


class ListView(ReadingView):
    """What waits for the user's decision; the body is not read. mobile-token-api.md 4.2."""

    endpoint = words.of_list(
        summary="List what waits for a decision",
        beside=words.ServerTime,
        result_example=[examples.OPERATION],
        beside_example=words.STAMP,
    )
    access = _reading("OPERATION_LIST_RESOURCE_IDS")

    def post(self, request: Request) -> Response:
        locale, at = _locale(request), timezone.now()
        operations = get_backend().pending(_caller(request), language=locale.language, at=at)
        return _stamped(present_all(operations, locale=locale), at=at)


class DetailView(ReadingView):
    """One operation that waits for a decision: mobile-token-api.md 4.3."""

    endpoint = words.of_one(summary="Show one operation that waits for a decision")
    access = _reading("OPERATION_DETAIL_RESOURCE_IDS")

    def post(self, request: Request) -> Response:
        operation_id = _read(OperationInput, request)["id"]
        locale, at = _locale(request), timezone.now()
        operation = get_backend().detail(
            operation_id, _caller(request), language=locale.language, at=at
        )
        return _stamped(present(operation, locale=locale), at=at)


class ClaimView(ReadingView):
    """Take over an operation that belongs to nobody yet: mobile-token-api.md 4.3.

    Who could not approve it afterwards may not take it from others who could.
    """

    endpoint = words.of_one(
        summary="Take over an operation that belongs to nobody yet",
        description="Repeating it changes nothing. Of two users, the second is refused.",
    )
    access = _reading("OPERATION_CLAIM_RESOURCE_IDS")

    def post(self, request: Request) -> Response:
        operation_id = _read(OperationInput, request)["id"]
        _check_flags(identity(request))
        locale, at = _locale(request), timezone.now()
        shown = get_backend().claim(
            operation_id,
            _caller(request),
            language=locale.language,
            at=at,
            present=partial(present, locale=locale),
        )
        return _stamped(shown, at=at)


class HistoryView(OperationView):
    """The user's operations of all states; the body is not read. mobile-token-api.md 4.4."""

    endpoint = words.of_list(
        summary="List the user's operations of all states", result_example=[examples.APPROVED]
    )
    access = Access(signed_with=frozenset({PK, PB}), resource_id="/operation/history")

    def post(self, request: Request) -> Response:
        locale = _locale(request)
        operations = get_backend().history(
            _caller(request), language=locale.language, at=timezone.now()
        )
        return Response(present_all(operations, locale=locale, ask_proximity=False))


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
        body = _read(ApproveInput, request)
        me = identity(request)
        _check_flags(me)
        extra = {
            "authFactor": me.signature_type.value,
            "proximity_otp": (body["proximityCheck"] or {}).get("otp"),
            "mobileTokenData": body["mobileTokenData"],
        }
        approval = Approval(
            operation_id=body["id"],
            caller=_caller(request),
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
        body = _read(RejectInput, request)
        reason = body["reason"] or ""
        extra = {
            "rejectReason": reason if reason.strip() else None,
            "mobileTokenData": body["mobileTokenData"],
        }
        rejection = Rejection(
            operation_id=body["id"],
            caller=_caller(request),
            additional_data=provenance.of_decision(request, identity(request), extra),
        )
        get_backend().reject(rejection, at=timezone.now())
        return Response()


def _read(serializer: type[ObjectInput], request: Request) -> Mapping[str, Any]:
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    members: dict[str, Any] = body.validated_data
    return members


def _caller(request: Request) -> Caller:
    me = identity(request)
    # An operation without a user is everybody's: nobody may decide about it as nobody.
    if not me.user_id:
        raise InvalidActivation
    return Caller(
        user_id=me.user_id,
        application_id=me.application_id,
        activation_id=me.activation_id,
        flags=me.flags,
    )


def _locale(request: Request) -> RequestLocale:
    header = request.headers.get("Accept-Language")
    return parse_accept_language(header, default=settings.DEFAULT_LANGUAGE)


def _stamped(payload: object, *, at: datetime) -> Response:
    stamp: words.ServerTime = {"currentTimestamp": format_time(at)}
    return Response(Envelope(payload=payload, beside=stamp))


def _check_flags(me: Identity) -> None:
    if policy.disallowed_flags().isdisjoint(me.flags):
        return
    if policy.disallowed_flags_answer() == InvalidActivation.code:
        raise InvalidActivation
    raise Unauthenticated


def _report_failed_approval(request: Request) -> None:
    """Report the attempt to the operation that it names, if header and body name any."""
    try:
        header = SignatureHeader.parse(request.headers.get(SIGNATURE_HEADER, ""))
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
