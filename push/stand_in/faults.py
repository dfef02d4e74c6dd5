"""What goes wrong because somebody told the stand-in so."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from push.stand_in.values import Provider, Reply, json_reply


class Kind(StrEnum):
    """How an attempt fails; over HTTP/1.1, all that concerns streams ends the connection."""

    REPLY = "reply"  # an answer of its own
    HANG = "hang"  # never an answer
    DRIP = "drip"  # an answer byte by byte, and never whole
    RESET = "reset"  # the connection ends
    RESET_STREAM = "reset_stream"  # the stream ends
    REFUSE_STREAM = "refuse_stream"  # the stream was not looked at
    GO_AWAY = "go_away"  # neither this stream nor any after it was looked at
    LAST = "last"  # this one is answered, but none after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What happens to a request: LAST is delivered like any other, all else instead of that."""

    kind: Kind = Kind.REPLY
    reply: Reply = field(default_factory=Reply)


@dataclass(slots=True)
class _Planned:
    fault: Behaviour
    left: int | None


class Faults:
    """What is planned, by provider and device; for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: dict[tuple[Provider, str], _Planned] = {}

    def plan(
        self, provider: Provider, fault: Behaviour, *, token: str = "", times: int | None = None
    ) -> None:
        """Let requests fail.

        Args:
            token: of the only device concerned; empty for all.
            times: how often; None for always.
        """
        with self._lock:
            self._planned[provider, token] = _Planned(fault, times)

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._planned.clear()

    def take(self, provider: Provider, token: str = "") -> Behaviour | None:
        """Give what happens to the next request for a device."""
        with self._lock:
            for key in ((provider, token), (provider, "")):
                planned = self._planned.get(key)
                if planned is None or planned.left == 0:
                    continue
                if planned.left is not None:
                    planned.left -= 1
                return planned.fault
        return None


APNS_STATUSES = {
    "BadCollapseId": 400,
    "BadDeviceToken": 400,
    "BadExpirationDate": 400,
    "BadMessageId": 400,
    "BadPriority": 400,
    "BadTopic": 400,
    "DeviceTokenNotForTopic": 400,
    "DuplicateHeaders": 400,
    "IdleTimeout": 400,
    "InvalidPushType": 400,
    "MissingDeviceToken": 400,
    "MissingTopic": 400,
    "PayloadEmpty": 400,
    "TopicDisallowed": 400,
    "BadCertificate": 403,
    "BadCertificateEnvironment": 403,
    "BadEnvironmentKeyIdInToken": 403,
    "ExpiredProviderToken": 403,
    "Forbidden": 403,
    "InvalidProviderToken": 403,
    "MissingProviderToken": 403,
    "UnrelatedKeyIdInToken": 403,
    "BadPath": 404,
    "MethodNotAllowed": 405,
    "ExpiredToken": 410,
    "Unregistered": 410,
    "PayloadTooLarge": 413,
    "TooManyProviderTokenUpdates": 429,
    "TooManyRequests": 429,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
    "Shutdown": 503,
}
FCM_STATUSES = {
    "UNSPECIFIED_ERROR": (500, "INTERNAL"),
    "INVALID_ARGUMENT": (400, "INVALID_ARGUMENT"),
    "UNREGISTERED": (404, "NOT_FOUND"),
    "SENDER_ID_MISMATCH": (403, "PERMISSION_DENIED"),
    "QUOTA_EXCEEDED": (429, "RESOURCE_EXHAUSTED"),
    "UNAVAILABLE": (503, "UNAVAILABLE"),
    "INTERNAL": (500, "INTERNAL"),
    "THIRD_PARTY_AUTH_ERROR": (401, "UNAUTHENTICATED"),
}
HMS_STATUSES = {
    "80200001": 401,
    "80200003": 401,
    "80100001": 400,
    "80100003": 400,
    "81000001": 500,
}


def apns_reply(reason: str, *, timestamp_ms: int | None = None, **headers: str) -> Reply:
    """Give Apple's refusal for a reason."""
    found: dict[str, Any] = {"reason": reason}
    if timestamp_ms is not None:
        found["timestamp"] = timestamp_ms
    return json_reply(found, status=APNS_STATUSES.get(reason, 400), **headers)


def fcm_reply(code: str, *, field: str = "", text: str = "", **headers: str) -> Reply:
    """Give Google's refusal for a code of FCM's own, or a status that all its services know.

    Args:
        field: what is wrong in the request, if that is known.
    """
    common = {"UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "NOT_FOUND": 404}
    status, name = FCM_STATUSES.get(code, (common.get(code, 400), code))
    details: list[dict[str, Any]] = []
    if code in FCM_STATUSES:
        kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
        details.append({"@type": kind, "errorCode": code})
    if field:
        kind = "type.googleapis.com/google.rpc.BadRequest"
        violation = {"field": field, "description": text or "Invalid value"}
        details.append({"@type": kind, "fieldViolations": [violation]})
    error = {"code": status, "message": text or code, "status": name, "details": details}
    return json_reply({"error": error}, status=status, **headers)


def hms_reply(code: str, text: str = "", **headers: str) -> Reply:
    """Give Huawei's answer with a code."""
    found = {"code": code, "msg": text or "refused", "requestId": "1"}
    return json_reply(found, status=HMS_STATUSES.get(code, 200), **headers)
