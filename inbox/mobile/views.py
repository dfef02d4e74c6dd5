"""The mobile inbox endpoints: mobile-token-api.md 10."""

from functools import partial
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint, Ignored
from enrollment_server.api.envelope import Envelope
from enrollment_server.api.errors import NotFound
from enrollment_server.api.mobile import InvalidActivation, InvalidRequest
from enrollment_server.api.payloads.validation import payload
from inbox import policy
from inbox.conf import get_backend
from inbox.errors import InboxFailed
from inbox.mobile import examples
from inbox.mobile.presentation import (
    InboxMessage,
    InboxMessageDetail,
    PageShown,
    UnreadCount,
    present_detail,
    present_summary,
)
from inbox.mobile.serializers import MessageInput, PageInput
from inbox.values import Reader
from powerauth.http.access import PB, PK, PKB, Access, P
from powerauth.http.mobile import MobileView, identity_of_user

_endpoint = partial(Endpoint, tag="Inbox", refusals=(NotFound, InvalidActivation, InboxFailed))


class InboxView(MobileView):
    """An endpoint of the inbox."""

    access: ClassVar[Access] = Access(tokens_of=frozenset({P, PB, PK, PKB}))
    http_method_names = ["post"]
    unreachable = InboxFailed

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not policy.api_enabled():
            raise NotFound
        super().initial(request, *args, **kwargs)


class CountView(InboxView):
    """How many messages wait to be read; the body is not read. mobile-token-api.md 10.1."""

    endpoint = _endpoint(
        summary="Count unread messages",
        body=Ignored,
        result=UnreadCount,
        result_example={"countUnread": 10},
    )

    def post(self, request: Request) -> Response:
        count: UnreadCount = {"countUnread": get_backend().count_unread(_reader(request))}
        return Response(count)


class ListView(InboxView):
    """A page of messages: mobile-token-api.md 10.2."""

    endpoint = _endpoint(
        summary="List messages",
        description="Newest first, without their bodies.",
        body=PageInput,
        example={"page": 0, "size": 50, "onlyUnread": False},
        result=list[InboxMessage],
        beside=PageShown,
        result_example=[examples.MESSAGE],
        beside_example={"page": 0, "size": 50},
    )

    def post(self, request: Request) -> Response:
        # The object is required, though each of its members has a default.
        if not request.body:
            raise InvalidRequest
        asked = payload(request, PageInput)
        page = policy.page(asked["page"], asked["size"])
        messages = get_backend().messages(_reader(request), page, only_unread=asked["onlyUnread"])
        milliseconds = policy.shows_milliseconds()
        items = [present_summary(message, milliseconds=milliseconds) for message in messages]
        shown: PageShown = {"page": page.number, "size": page.size}
        return Response(Envelope(payload=items, beside=shown))


class DetailView(InboxView):
    """One message with its body: mobile-token-api.md 10.3."""

    endpoint = _endpoint(
        summary="Show one message",
        description=(
            "Does not mark it as read. A setting wraps the message into an array, as early "
            "versions of this document had it."
        ),
        body=MessageInput,
        example=examples.BY_ID,
        result=InboxMessageDetail | list[InboxMessageDetail],
        result_example={**examples.MESSAGE, "body": "Example body"},
    )

    def post(self, request: Request) -> Response:
        message_id = payload(request, MessageInput)["id"]
        message = get_backend().detail(message_id, _reader(request))
        item = present_detail(message, milliseconds=policy.shows_milliseconds())
        return Response([item] if policy.wraps_detail() else item)


class ReadView(InboxView):
    """Mark one message as read: mobile-token-api.md 10.4."""

    endpoint = _endpoint(
        summary="Mark one message as read",
        description="Repeating it changes nothing.",
        body=MessageInput,
        example=examples.BY_ID,
    )

    def post(self, request: Request) -> Response:
        message_id = payload(request, MessageInput)["id"]
        get_backend().read(message_id, _reader(request), at=timezone.now())
        return Response()


class ReadAllView(InboxView):
    """Mark all messages as read; the body is not read. mobile-token-api.md 10.5."""

    endpoint = _endpoint(summary="Mark all messages as read", body=Ignored)

    def post(self, request: Request) -> Response:
        get_backend().read_all(_reader(request), at=timezone.now())
        return Response()


def _reader(request: Request) -> Reader:
    me = identity_of_user(request)
    return Reader(user_id=me.user_id, application_id=me.application_id)
