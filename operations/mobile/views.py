"""The mobile endpoints that show operations: mobile-token-api.md 4.2 to 4.4."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.clients import header_of
from enrollment_server.api.envelope import Envelope
from enrollment_server.api.payloads.validation import payload
from operations.conf import get_backend
from operations.mobile import examples, words
from operations.mobile.base import OperationView, caller, check_flags
from operations.mobile.serializers import OperationInput
from operations.screen.locales import RequestLocale, parse_accept_language
from operations.screen.presentation import format_time, present, present_all
from powerauth.http.access import PB, PK, PKB, Access, P
from powerauth.http.authentication import SignatureAuthentication, TokenAuthentication
from powerauth.http.identity import identity


def _reading(setting: str) -> Access:
    return Access(
        signed_with=frozenset({P, PK, PB}),
        tokens_of=frozenset({P, PK, PB, PKB}),
        resource_ids_setting=setting,
    )


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
        operations = get_backend().pending(caller(request), language=locale.language, at=at)
        return _stamped(present_all(operations, locale=locale), at=at)


class DetailView(ReadingView):
    """One operation that waits for a decision: mobile-token-api.md 4.3."""

    endpoint = words.of_one(summary="Show one operation that waits for a decision")
    access = _reading("OPERATION_DETAIL_RESOURCE_IDS")

    def post(self, request: Request) -> Response:
        operation_id = payload(request, OperationInput)["id"]
        locale, at = _locale(request), timezone.now()
        operation = get_backend().detail(
            operation_id, caller(request), language=locale.language, at=at
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
        operation_id = payload(request, OperationInput)["id"]
        check_flags(identity(request))
        locale, at = _locale(request), timezone.now()
        shown = get_backend().claim(
            operation_id,
            caller(request),
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
            caller(request), language=locale.language, at=timezone.now()
        )
        return Response(present_all(operations, locale=locale, ask_proximity=False))


def _locale(request: Request) -> RequestLocale:
    header = header_of(request._request, "Accept-Language")
    return parse_accept_language(header, default=settings.DEFAULT_LANGUAGE)


def _stamped(shown: object, *, at: datetime) -> Response:
    stamp: words.ServerTime = {"currentTimestamp": format_time(at)}
    return Response(Envelope(payload=shown, beside=stamp))
