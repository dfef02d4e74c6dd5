"""What Apple's desk refuses, one flaw at a time."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from push.stand_in.accounts import Accounts, make
from push.stand_in.strict.apns import ApnsRules
from push.stand_in.values import Request

NOW_S = 1_800_000_000
TOKEN = "ab" * 32


def _proof(accounts: Accounts, **changes: Any) -> str:
    key = accounts.apns
    header = {"alg": "ES256", "kid": changes.pop("kid", key.key_id)}
    claims = {"iss": key.team_id, "iat": NOW_S, **changes}
    return jwt.encode(header, claims, ECKey.import_key(key.private_key))


def _headers(accounts: Accounts, **changes: str | None) -> dict[str, str]:
    headers = {
        "authorization": f"bearer {_proof(accounts)}",
        "apns-topic": accounts.apns.bundle_id,
        "apns-push-type": "alert",
        "apns-priority": "10",
        "apns-expiration": str(NOW_S + 60),
        "apns-collapse-id": "x" * 64,
        "apns-id": "eabeae54-14a8-11e5-b60b-1697f925ec7b",
        **{name.replace("_", "-"): text for name, text in changes.items()},
    }
    return {name: text for name, text in headers.items() if text is not None}


def _refusal(
    accounts: Accounts,
    *,
    path: str = f"/3/device/{TOKEN}",
    method: str = "POST",
    payload: Any = None,
    body: bytes | None = None,
    duplicate: bool = False,
    headers: Mapping[str, str | None] | None = None,
) -> str | None:
    content = json.dumps(payload if payload is not None else {"aps": {"alert": "Hello"}})
    request = Request(
        method=method,
        path=path,
        headers=_headers(accounts, **(headers or {})),
        body=content.encode() if body is None else body,
        has_duplicate_headers=duplicate,
    )
    return ApnsRules(accounts.apns).refusal(request, now_s=NOW_S)


def test_message_without_a_flaw_is_taken(their_accounts: Accounts) -> None:
    assert _refusal(their_accounts) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kid": "OTHER12345"}, "InvalidProviderToken"),
        ({"iss": "OTHER12345"}, "InvalidProviderToken"),
        ({"iat": None}, "InvalidProviderToken"),
        ({"iat": "now"}, "InvalidProviderToken"),
        ({"iat": NOW_S + 61}, "InvalidProviderToken"),
        ({"iat": NOW_S + 59}, None),
        ({"iat": NOW_S - 3600}, None),
        ({"iat": NOW_S - 3601}, "ExpiredProviderToken"),
    ],
)
def test_provider_token(
    their_accounts: Accounts, changes: dict[str, Any], reason: str | None
) -> None:
    authorization = f"bearer {_proof(their_accounts, **changes)}"
    assert _refusal(their_accounts, headers={"authorization": authorization}) == reason


def test_proof_has_to_be_signed_by_the_key(their_accounts: Accounts) -> None:
    others = f"bearer {_proof(make())}"
    assert _refusal(their_accounts, headers={"authorization": others}) == "InvalidProviderToken"
    claims = {"iss": their_accounts.apns.team_id, "iat": NOW_S}
    header = {"alg": "HS256", "kid": their_accounts.apns.key_id}
    symmetric = jwt.encode(header, claims, OctKey.import_key("k" * 32))
    for text in (f"bearer {symmetric}", "bearer x", "bearer", f"basic {_proof(their_accounts)}"):
        assert _refusal(their_accounts, headers={"authorization": text}) == "InvalidProviderToken"
    assert _refusal(their_accounts, headers={"authorization": None}) == "MissingProviderToken"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"apns_topic": None}, "MissingTopic"),
        ({"apns_topic": "com.example.other"}, "TopicDisallowed"),
        ({"apns_push_type": None}, "InvalidPushType"),
        ({"apns_push_type": "loud"}, "InvalidPushType"),
        ({"apns_priority": "7"}, "BadPriority"),
        ({"apns_priority": None}, None),
        ({"apns_expiration": "tomorrow"}, "BadExpirationDate"),
        ({"apns_expiration": "-1"}, "BadExpirationDate"),
        ({"apns_expiration": None}, None),
        ({"apns_collapse_id": "x" * 65}, "BadCollapseId"),
        ({"apns_collapse_id": "č" * 33}, "BadCollapseId"),
        ({"apns_id": "7"}, "BadMessageId"),
        ({"apns_id": None}, None),
    ],
)
def test_headers(
    their_accounts: Accounts, headers: dict[str, str | None], reason: str | None
) -> None:
    assert _refusal(their_accounts, headers=headers) == reason


@pytest.mark.parametrize(
    ("path", "method", "reason"),
    [
        (f"/3/device/{TOKEN}", "GET", "MethodNotAllowed"),
        (f"/2/device/{TOKEN}", "POST", "BadPath"),
        ("/", "POST", "BadPath"),
        ("/3/device/", "POST", "MissingDeviceToken"),
        ("/3/device/xyz", "POST", "BadDeviceToken"),
        (f"/3/device/{TOKEN[:-1]}", "POST", "BadDeviceToken"),
        (f"/3/device/{TOKEN[:-1]}g", "POST", "BadDeviceToken"),
        (f"/3/device/{'0' * 64}", "POST", "BadDeviceToken"),
        (f"/3/device/{TOKEN * 3}", "POST", None),
    ],
)
def test_address(their_accounts: Accounts, path: str, method: str, reason: str | None) -> None:
    assert _refusal(their_accounts, path=path, method=method) == reason


def test_header_that_comes_twice(their_accounts: Accounts) -> None:
    assert _refusal(their_accounts, duplicate=True) == "DuplicateHeaders"


@pytest.mark.parametrize(
    ("aps", "reason"),
    [
        ({"alert": {"title": "A", "loc-args": ["1"]}, "badge": 0, "sound": "default"}, None),
        ({}, None),
        ({"alert": 1}, "InvalidPayload"),
        ({"alert": None}, "InvalidPayload"),
        ({"alert": {"title": None}}, "InvalidPayload"),
        ({"alert": {"loc-args": [1]}}, "InvalidPayload"),
        ({"alert": {"unknown": "x"}}, "InvalidPayload"),
        ({"badge": "1"}, "InvalidPayload"),
        ({"badge": True}, "InvalidPayload"),
        ({"badge": -1}, "InvalidPayload"),
        ({"sound": 1}, "InvalidPayload"),
        ({"content-available": True}, "InvalidPayload"),
        ({"unknown": "x"}, "InvalidPayload"),
        ([], "InvalidPayload"),
    ],
)
def test_payload(their_accounts: Accounts, aps: Any, reason: str | None) -> None:
    assert _refusal(their_accounts, payload={"aps": aps}) == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "PayloadEmpty"),
        (b"{", "InvalidPayload"),
        (b"\xff", "InvalidPayload"),
        (b"[]", "InvalidPayload"),
        (b"{}", "InvalidPayload"),
        (b'{"aps":{},"extra":null}', "InvalidPayload"),
        (b'{"aps":{},"x":"' + b"x" * (4096 - 17) + b'"}', None),
        (b'{"aps":{},"x":"' + b"x" * (4096 - 16) + b'"}', "PayloadTooLarge"),
    ],
)
def test_body(their_accounts: Accounts, body: bytes, reason: str | None) -> None:
    assert _refusal(their_accounts, body=body) == reason


@pytest.mark.parametrize(
    ("aps", "priority", "reason"),
    [
        ({"content-available": 1}, "5", None),
        ({"content-available": 1, "badge": 0}, "5", None),
        ({"content-available": 1}, "10", "BadPriority"),
        ({"content-available": 1}, None, "BadPriority"),
        ({"content-available": 1, "alert": "A"}, "5", "InvalidPushType"),
        ({"content-available": 1, "sound": "default"}, "5", "InvalidPushType"),
        ({}, "5", "InvalidPushType"),
    ],
)
def test_background(
    their_accounts: Accounts, aps: Any, priority: str | None, reason: str | None
) -> None:
    found = _refusal(
        their_accounts,
        payload={"aps": aps},
        headers={"apns_push_type": "background", "apns_priority": priority},
    )
    assert found == reason
