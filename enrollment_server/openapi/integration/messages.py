"""Messages in the inbox: push-and-inbox.md 7."""

from enrollment_server.api.errors import ApiError
from enrollment_server.openapi.endpoints import Catalogue, Endpoint, Refusal
from enrollment_server.openapi.envelopes import OK_EXAMPLE, answered, ok_example
from enrollment_server.openapi.shapes import (
    Schema,
    flag,
    items,
    members,
    moment,
    nullable,
    one_of,
    ref,
    text,
    whole,
)
from inbox.integration.errors import MessageNotFound
from powerauth.integration.push_server_errors import (
    EMPTY_REQUEST,
    NO_APPLICATION,
    NO_USER,
    UNKNOWN_APPLICATIONS,
    ApplicationNotFound,
    BusinessFailure,
    InvalidMembers,
    Violation,
)

_TAG = "Push: inbox"
_ITEM = {
    "id": text(format="uuid"),
    "type": one_of("text", "html"),
    "subject": text(),
    "summary": text(),
    "read": flag(),
    "timestampCreated": moment(example="2022-08-25T22:34:58.702+00:00"),
}
_SCHEMAS: dict[str, Schema] = {
    "BackEndMessage": members(_ITEM),
    "BackEndMessageDetail": members(
        {
            **_ITEM,
            "userId": text(),
            "body": text("Text or HTML, as `type` says."),
            "timestampRead": nullable(moment("Null until somebody reads it.")),
            "applications": items(text()),
        }
    ),
}
_ITEM_EXAMPLE = {
    "id": "ae641389-d37a-4425-bd14-41c29484596f",
    "type": "text",
    "subject": "Example subject",
    "summary": "Example summary",
    "read": False,
    "timestampCreated": "2022-08-25T22:34:58.702+00:00",
}
_LETTER = {
    "userId": "alice",
    "type": "text",
    "subject": "Example subject",
    "summary": "Example summary",
    "body": "Example body",
    "applications": ["mobile-app"],
}
_DETAIL_EXAMPLE = {**_LETTER, **_ITEM_EXAMPLE, "timestampRead": None}
_READ_EXAMPLE = {
    **_DETAIL_EXAMPLE,
    "read": True,
    "timestampRead": "2022-08-26T07:00:00.000+00:00",
}
_EMPTY = BusinessFailure(EMPTY_REQUEST)
_OF_READER: tuple[ApiError, ...] = (BusinessFailure(NO_USER), BusinessFailure(NO_APPLICATION))
_NO_APPLICATIONS = ApplicationNotFound(UNKNOWN_APPLICATIONS)


def _violated(name: str, hint: str) -> InvalidMembers:
    return InvalidMembers([Violation(name=name, hint=hint)])


def _shown(summary: str, example: object, *refusals: Refusal, request: object = None) -> Endpoint:
    return Endpoint(
        tag=_TAG,
        summary=summary,
        example=request,
        result=answered(ref("BackEndMessageDetail")),
        result_example=ok_example(example),
        refusals=refusals,
    )


CATALOGUE = Catalogue(
    schemas=_SCHEMAS,
    endpoints={
        "/inbox/messages": _shown(
            "Write a message to a user",
            _DETAIL_EXAMPLE,
            _EMPTY,
            _violated("subject", "must have 8 to 255 characters"),
            _NO_APPLICATIONS,
            request={"requestObject": _LETTER},
        ),
        "/inbox/messages/list": Endpoint(
            tag=_TAG,
            summary="List messages of a user",
            description=(
                "Newest first, without their bodies: those that at least one of the applications "
                "shows. Pages are counted from 0; without a size, or below 1, they have the usual "
                "one."
            ),
            result=answered(items(ref("BackEndMessage")), {"page": whole(), "size": whole()}),
            result_example=ok_example([_ITEM_EXAMPLE], page=0, size=20),
            refusals=(
                BusinessFailure(NO_USER),
                _violated("applications", "must name at least one application"),
                _NO_APPLICATIONS,
            ),
        ),
        "/inbox/messages/count": Endpoint(
            tag=_TAG,
            summary="Count unread messages of a user",
            result=answered(members({"countUnread": whole(minimum=0)})),
            result_example=ok_example({"countUnread": 10}),
            refusals=(*_OF_READER, ApplicationNotFound),
        ),
        "/inbox/messages/detail": _shown(
            "Show one message, whoever it is for",
            _DETAIL_EXAMPLE,
            _violated("id", "must not be blank"),
            MessageNotFound,
        ),
        "/inbox/messages/read": _shown(
            "Mark one message as read, whoever it is for",
            _READ_EXAMPLE,
            _EMPTY,
            _violated("inboxId", "must not be blank"),
            MessageNotFound,
            request={"requestObject": {"inboxId": _ITEM_EXAMPLE["id"]}},
        ),
        "/inbox/messages/read-all": Endpoint(
            tag=_TAG,
            summary="Mark all messages of a user in an application as read",
            example={"requestObject": {"userId": "alice", "appId": "mobile-app"}},
            result=ref("Success"),
            result_example=OK_EXAMPLE,
            refusals=(_EMPTY, *_OF_READER, ApplicationNotFound),
        ),
    },
)
