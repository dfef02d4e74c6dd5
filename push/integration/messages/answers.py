"""What became of messages, as back ends hear of it: push-and-inbox.md 4.1."""

from collections.abc import Mapping
from typing import Annotated, Literal, NotRequired, TypedDict, cast

from django.conf import settings

from enrollment_server.api.contract.shapes import Shape
from push.models import Platform
from push.outbox.waiting import Counters

# Members by the version of the Push Server that clients were written for.
_NAMES: Mapping[str, Mapping[Platform, str]] = {
    "1.10": {each: each.value for each in Platform},
    "1.9": {Platform.APNS: "ios", Platform.FCM: "android", Platform.HMS: "huawei"},
}


class DeviceCounters(TypedDict):
    """How many devices of a platform got the messages."""

    sent: int
    failed: int
    pending: Annotated[int, Shape("The worker goes on trying.")]
    total: int


class SentMessages(TypedDict):
    """What became of messages; of an asynchronous call, only `mode`.

    With `PUSH_COUNTER_NAMES=1.9`, the counters are `ios`, `android` and `huawei`.
    """

    mode: Literal["SYNCHRONOUS", "ASYNCHRONOUS"]
    apns: NotRequired[DeviceCounters]
    fcm: NotRequired[DeviceCounters]
    hms: NotRequired[DeviceCounters]
    ios: NotRequired[DeviceCounters]
    android: NotRequired[DeviceCounters]
    huawei: NotRequired[DeviceCounters]


def present(counters: Mapping[str, Counters]) -> SentMessages:
    """Give the answer to a synchronous call.

    Args:
        counters: by platform; there may be none of one.
    """
    names = _NAMES[settings.PUSH_COUNTER_NAMES]
    shown = {
        name: _present(counters.get(platform.value, Counters())) for platform, name in names.items()
    }
    return cast(SentMessages, {"mode": "SYNCHRONOUS", **shown})


def _present(counters: Counters) -> DeviceCounters:
    return {
        "sent": counters.sent,
        "failed": counters.failed,
        "pending": counters.pending,
        "total": counters.total,
    }
