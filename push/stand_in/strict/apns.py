"""What Apple refuses, and by which reason: "Sending notification requests to APNs".

Two refusals are the stand-in's own, where Apple takes a message and never shows it: InvalidPayload
for members of wrong types and nulls, and InvalidPushType for a background message that would ring.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from joserfc.jwk import ECKey

from push.providers.values import ApnsKey
from push.stand_in.strict import proofs, shapes
from push.stand_in.values import Request

MAX_PAYLOAD = 4096
MAX_COLLAPSE_ID = 64
PATH = re.compile("/3/device/(.*)")
_PUSH_TYPES = {"alert", "background", "location", "voip", "complication", "fileprovider", "mdm"}
_TOKEN = re.compile("[0-9a-fA-F]{64,200}")
_NOBODY = re.compile("0+")
_ALERT = {
    "title": shapes.text,
    "subtitle": shapes.text,
    "body": shapes.text,
    "title-loc-key": shapes.text,
    "title-loc-args": shapes.texts,
    "loc-key": shapes.text,
    "loc-args": shapes.texts,
}
_APS = {
    "alert": lambda value: isinstance(value, str) or shapes.wrong_member(value, _ALERT) is None,
    "badge": shapes.within(0, 2**31 - 1),
    "sound": shapes.text,
    "category": shapes.text,
    "thread-id": shapes.text,
    "content-available": shapes.one_of(1),
}


class ApnsRules:
    """The rules for one key; a token is verified once."""

    def __init__(self, key: ApnsKey) -> None:
        self._key = key
        self._public = ECKey.import_key(key.private_key)
        self._verified: dict[str, proofs.Proof | None] = {}

    def refusal(self, request: Request, *, now_s: float) -> str | None:
        """Give the reason to refuse a request; None for a message that is taken."""
        checks: tuple[Callable[[], str | None], ...] = (
            lambda: _address(request),
            lambda: self._credentials(request.headers.get("authorization", ""), now_s),
            lambda: self._topic(request.headers.get("apns-topic")),
            lambda: payload_refusal(request.body),
            lambda: delivery_refusal(request.headers, json.loads(request.body)["aps"]),
            lambda: _device(request),
        )
        return next((reason for check in checks if (reason := check())), None)

    def _credentials(self, authorization: str, now_s: float) -> str | None:
        scheme, _, token = authorization.partition(" ")
        if not authorization:
            return "MissingProviderToken"
        if token not in self._verified:
            self._verified[token] = proofs.verified(token, self._public, "ES256")
        proof = self._verified[token]
        if scheme.lower() != "bearer" or proof is None:
            return "InvalidProviderToken"
        issued = proofs.seconds(proof, "iat")
        if (
            proof.header.get("kid") != self._key.key_id
            or proof.claims.get("iss") != self._key.team_id
            or issued is None
            or issued > now_s + proofs.SKEW_S
        ):
            return "InvalidProviderToken"
        return "ExpiredProviderToken" if issued < now_s - proofs.HOUR_S else None

    def _topic(self, topic: str | None) -> str | None:
        if topic is None:
            return "MissingTopic"
        return None if topic == self._key.bundle_id else "TopicDisallowed"


def _address(request: Request) -> str | None:
    if request.has_duplicate_headers:
        return "DuplicateHeaders"
    if request.method != "POST":
        return "MethodNotAllowed"
    found = PATH.fullmatch(request.path)
    if found is None:
        return "BadPath"
    return None if found[1] else "MissingDeviceToken"


def _device(request: Request) -> str | None:
    token = request.path.rpartition("/")[2]
    fine = _TOKEN.fullmatch(token) and not _NOBODY.fullmatch(token)
    return None if fine else "BadDeviceToken"


def payload_refusal(body: bytes) -> str | None:
    """Give the reason to refuse a payload; None for one that is taken."""
    if not body:
        return "PayloadEmpty"
    if len(body) > MAX_PAYLOAD:
        return "PayloadTooLarge"
    try:
        payload = json.loads(body)
    except ValueError:
        return "InvalidPayload"
    if not isinstance(payload, dict) or None in payload.values():
        return "InvalidPayload"
    wrong = shapes.wrong_member(payload.get("aps"), _APS)
    return None if wrong is None else "InvalidPayload"


def delivery_refusal(headers: Mapping[str, str], aps: Mapping[str, Any]) -> str | None:
    """Give the reason to refuse how a payload is to be delivered; None for what is taken."""
    expiration = headers.get("apns-expiration", "0")
    if headers.get("apns-push-type") not in _PUSH_TYPES:
        return "InvalidPushType"
    if headers.get("apns-priority", "10") not in ("1", "5", "10"):
        return "BadPriority"
    if not (expiration.isascii() and expiration.isdigit()):
        return "BadExpirationDate"
    if len(headers.get("apns-collapse-id", "").encode()) > MAX_COLLAPSE_ID:
        return "BadCollapseId"
    if not _is_uuid(headers.get("apns-id")):
        return "BadMessageId"
    return _background_refusal(headers, aps) if _is_background(headers) else None


def _is_background(headers: Mapping[str, str]) -> bool:
    return headers.get("apns-push-type") == "background"


def _background_refusal(headers: Mapping[str, str], aps: Mapping[str, Any]) -> str | None:
    if headers.get("apns-priority", "10") == "10":
        return "BadPriority"
    rings = {"alert", "sound"} & aps.keys()
    return "InvalidPushType" if rings or "content-available" not in aps else None


def _is_uuid(text: str | None) -> bool:
    try:
        return text is None or bool(UUID(text))
    except ValueError:
        return False
