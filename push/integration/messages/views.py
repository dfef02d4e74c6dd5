"""Sending messages: push-and-inbox.md 4."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth import known_applications
from powerauth.integration.push_server import PushServerView, require
from powerauth.integration.push_server_errors import (
    EMPTY_REQUEST,
    NO_APPLICATION,
    UNKNOWN_APPLICATION,
    BusinessFailure,
    InvalidMembers,
    Violation,
)
from push.credentials import services as credentials
from push.integration.messages import answers, inputs
from push.integration.messages.answers import DeviceCounters, SentMessages
from push.integration.messages.inputs import Mode
from push.outbox import policy, waiting, writing
from push.outbox.values import Outgoing

_TAG = "Push: messages"
_OF_MESSAGE = (inputs.NO_BODY, inputs.NO_RECIPIENT, inputs.TOO_LONG)
_MESSAGE = {
    "userId": "123",
    "priority": "HIGH",
    "attributes": {"personal": True, "silent": False},
    "body": {
        "title": "Balance update",
        "body": "Your balance is now $745.00",
        "badge": 3,
        "sound": "default",
        "category": "balance-update",
        "collapseKey": "balance-update",
        "validUntil": "2027-12-11T21:22:29.923Z",
        "extras": {"_comment": "Any JSON."},
    },
}
_ANSWER = SentMessages(
    mode="SYNCHRONOUS",
    apns=DeviceCounters(sent=1, failed=0, pending=0, total=1),
    fcm=DeviceCounters(sent=1, failed=0, pending=0, total=1),
    hms=DeviceCounters(sent=0, failed=0, pending=0, total=0),
)
_DESCRIPTION = (
    "A synchronous call, which is the default, waits for the answers of the providers, but not for "
    "long: what is `pending` then is sent later, as long as it is valid. An asynchronous one is "
    "answered as soon as the messages are stored. Devices of platforms that the application has no "
    "credentials for count as `failed`; without any device, all counters are 0."
)


def _refusals(*complaints: str) -> tuple[BusinessFailure | InvalidMembers, ...]:
    long = Violation(name="userId", hint="must have at most 255 characters")
    texts = (EMPTY_REQUEST, NO_APPLICATION, UNKNOWN_APPLICATION, *complaints, *_OF_MESSAGE)
    return (*(BusinessFailure(text) for text in texts), InvalidMembers([long]))


class SendView(PushServerView):
    """`push/message/send`: send a message to the devices of a user."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Send a message to the devices of a user",
        description=_DESCRIPTION,
        example={"appId": "mobile-app", "mode": "SYNCHRONOUS", "message": _MESSAGE},
        result_example=_ANSWER,
        refusals=_refusals(inputs.NO_MESSAGE),
    )
    input_class = inputs.SendInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SentMessages:
        require(body, {"app_id": NO_APPLICATION})
        return _send(body, inputs.one(body, at=at), at=at)


class SendBatchView(PushServerView):
    """`push/message/batch/send`: send messages to several users."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Send messages to several users",
        description=f"At most {inputs.MAX_BATCH}; the counters are of all of them. {_DESCRIPTION}",
        example={"appId": "mobile-app", "mode": "ASYNCHRONOUS", "batch": [_MESSAGE]},
        result_example=SentMessages(mode="ASYNCHRONOUS"),
        refusals=_refusals(inputs.EMPTY_BATCH, inputs.LARGE_BATCH),
    )
    input_class = inputs.BatchInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SentMessages:
        require(body, {"app_id": NO_APPLICATION})
        return _send(body, inputs.several(body, at=at), at=at)


def _send(body: Mapping[str, Any], messages: Sequence[Outgoing], *, at: datetime) -> SentMessages:
    _check_known(body["app_id"])
    with transaction.atomic():
        keys = [key for message in messages for key in writing.write(message, at=at)]
    if body["mode"] is Mode.ASYNCHRONOUS:
        return {"mode": "ASYNCHRONOUS"}
    waiting.wait(keys, timeout_s=policy.synchronous_timeout_s())
    return answers.present(waiting.count(keys))


def _check_known(application_id: str) -> None:
    if credentials.find(application_id) is None and not known_applications.existing(
        [application_id]
    ):
        raise BusinessFailure(UNKNOWN_APPLICATION)
