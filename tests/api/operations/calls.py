"""The requests of the mobile operation endpoints, as a phone sends them."""

from typing import Any

from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from tests.bank import PIN

BASE = "/api/auth/token/app/operation"
UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"
UNAUTHENTICATED = (401, "POWERAUTH_AUTH_FAIL", "Authentication failed")
MALFORMED = (400, "INVALID_REQUEST", "Invalid request object.")
FOREIGN = (400, "INVALID_REQUEST", "Invalid request")
NOT_FOUND = (400, "INVALID_OPERATION", "No operation was found with the provided identifier.")
APPROVAL_FAILS = (401, "OPERATION_FAILED", "PowerAuth server operation approval fails")
REJECTION_FAILS = (401, "OPERATION_FAILED", "PowerAuth server operation rejection fails")
FINISHED = (400, "OPERATION_ALREADY_FINISHED", "Operation was already completed")
FAILED = (400, "OPERATION_ALREADY_FAILED", "Operation already failed")
CANCELED = (400, "OPERATION_ALREADY_CANCELED", "Operation was already canceled")
EXPIRED = (400, "OPERATION_EXPIRED", "Operation already expired")
STATES = [
    ("APPROVED", FINISHED),
    ("REJECTED", FINISHED),
    ("FAILED", FAILED),
    ("CANCELED", CANCELED),
    ("EXPIRED", EXPIRED),
]
# An endpoint without parameters takes any body, as it reads none.
ANY_BODY = [
    b"",
    b"{}",
    b'{"requestObject":null}',
    b'{"requestObject":[]}',
    b"[1,2]",
    b'"text"',
    b"7",
    b"{",
    b"\xff",
    b"x=1&y=2",
]
# Bodies that no endpoint with a mandatory `id` accepts.
BROKEN_BODIES = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"{",
    b"\xff\xfe",
    b'"text"',
    b'{"requestObject":null}',
    b'{"requestObject":[]}',
    b'{"requestObject":"text"}',
    b'{"requestObject":{}}',
    b'{"requestObject":{"id":null,"data":"A1"}}',
    b'{"requestObject":{"id":"","data":"A1"}}',
    b'{"requestObject":{"id":" ","data":"A1"}}',
    b'{"requestObject":{"id":["x"],"data":"A1"}}',
    b'{"requestObject":{"id":"a\\u0000b","data":"A1"}}',
    b'{"requestObject":{"id":"' + b"x" * 257 + b'","data":"A1"}}',
]


def error(answer: Answer) -> tuple[int, str | None, str | None]:
    """Give status, code and message of a refusal, whose body has nothing else."""
    assert answer.json["status"] == "ERROR"
    assert set(answer.payload) == {"code", "message"}
    return answer.status, answer.code, answer.message


def by_token(phone: Phone, action: str, payload: object, **headers: str) -> Answer:
    """Send a request with the phone's token."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return phone.token_post(f"{BASE}/{action}", payload, headers=named)


def authorize(phone: Phone, payload: object, *, pin: str = PIN, **options: Any) -> Answer:
    """Send an approval with a body of its own."""
    return phone.signed_post(
        f"{BASE}/authorize", payload, resource_id="/operation/authorize", pin=pin, **options
    )


def cancel(phone: Phone, payload: object, **options: Any) -> Answer:
    """Send a rejection with a body of its own."""
    options.setdefault("factors", "possession")
    return phone.signed_post(f"{BASE}/cancel", payload, resource_id="/operation/cancel", **options)


def history(phone: Phone, payload: object, **options: Any) -> Answer:
    """Ask for the history with a body of its own."""
    options.setdefault("pin", PIN)
    return phone.signed_post(
        f"{BASE}/history", payload, resource_id="/operation/history", **options
    )
