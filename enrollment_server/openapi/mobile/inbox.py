"""The inbox: mobile-token-api.md 10."""

from django.conf import settings

from enrollment_server.api.errors import NotFound
from enrollment_server.api.mobile import InvalidActivation
from enrollment_server.openapi.endpoints import Catalogue, Endpoint, Refusal
from enrollment_server.openapi.envelopes import (
    OK_EXAMPLE,
    answered,
    asked,
    asked_nothing,
    ok_example,
)
from enrollment_server.openapi.inputs import schema_of
from enrollment_server.openapi.shapes import (
    Schema,
    any_of,
    flag,
    items,
    members,
    moment,
    one_of,
    ref,
    text,
    whole,
)
from inbox.errors import InboxFailed
from inbox.mobile.serializers import MessageInput, PageInput

_TAG = "Inbox"
_REFUSALS: tuple[Refusal, ...] = (NotFound, InvalidActivation, InboxFailed)
_MESSAGE = {
    "id": text(format="uuid"),
    "type": one_of("text", "html"),
    "subject": text(),
    "summary": text(),
    "read": flag(),
    "timestampCreated": moment("UTC.", example="2022-08-25T22:34:58+00:00"),
}
_SCHEMAS: dict[str, Schema] = {
    "InboxMessage": members(_MESSAGE),
    "InboxMessageDetail": members({**_MESSAGE, "body": text("Text or HTML, as `type` says.")}),
}
_EXAMPLE = {
    "id": "ae641389-d37a-4425-bd14-41c29484596f",
    "type": "text",
    "subject": "Example subject",
    "summary": "Example summary",
    "read": False,
    "timestampCreated": "2022-08-25T22:34:58+00:00",
}
_BY_ID = {"requestObject": {"id": _EXAMPLE["id"]}}

CATALOGUE = Catalogue(
    schemas=_SCHEMAS,
    endpoints={
        "/api/inbox/count": Endpoint(
            tag=_TAG,
            summary="Count unread messages",
            body=asked_nothing(),
            body_required=False,
            example={},
            result=answered(members({"countUnread": whole(minimum=0)})),
            result_example=ok_example({"countUnread": 10}),
            refusals=_REFUSALS,
        ),
        "/api/inbox/message/list": Endpoint(
            tag=_TAG,
            summary="List messages",
            description="Newest first, without their bodies.",
            body=asked(
                schema_of(
                    PageInput,
                    page="From 0.",
                    size=(
                        f"0 means {settings.INBOX_DEFAULT_PAGE_SIZE}; "
                        f"at most {settings.INBOX_MAX_PAGE_SIZE}."
                    ),
                    onlyUnread="Leave out what was read.",
                )
            ),
            example={"requestObject": {"page": 0, "size": 50, "onlyUnread": False}},
            result=answered(items(ref("InboxMessage")), {"page": whole(), "size": whole()}),
            result_example=ok_example([_EXAMPLE], page=0, size=50),
            refusals=_REFUSALS,
        ),
        "/api/inbox/message/detail": Endpoint(
            tag=_TAG,
            summary="Show one message",
            description=(
                "Does not mark it as read. A setting wraps the message into an array, as early "
                "versions of this document had it."
            ),
            body=asked(schema_of(MessageInput)),
            example=_BY_ID,
            result=answered(any_of(ref("InboxMessageDetail"), items(ref("InboxMessageDetail")))),
            result_example=ok_example({**_EXAMPLE, "body": "Example body"}),
            refusals=_REFUSALS,
        ),
        "/api/inbox/message/read": Endpoint(
            tag=_TAG,
            summary="Mark one message as read",
            description="Repeating it changes nothing.",
            body=asked(schema_of(MessageInput)),
            example=_BY_ID,
            result=ref("Success"),
            result_example=OK_EXAMPLE,
            refusals=_REFUSALS,
        ),
        "/api/inbox/message/read-all": Endpoint(
            tag=_TAG,
            summary="Mark all messages as read",
            body=asked_nothing(),
            body_required=False,
            example={},
            result=ref("Success"),
            result_example=OK_EXAMPLE,
            refusals=_REFUSALS,
        ),
    },
)
