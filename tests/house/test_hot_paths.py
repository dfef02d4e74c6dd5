"""What one request of each hot path may cost, in numbers that no busy machine changes.

Statements and round trips are exact; of calls of Python functions, a request may make what it made
when the budget was written down, and 5 percent more. Whoever makes one cheaper lowers its budget.
Time is measured by `make bench`.
"""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment_server.wsgi import application
from inbox import services as inbox
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from tests import wsgi
from tests.bank import PIN, Bank

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

WARM_UP = 6  # requests until everything is cached, compiled and prepared
MEASURED = 4
FRAMES = ("BEGIN", "COMMIT")
SIGNATURE, TOKEN = "X-PowerAuth-Authorization", "X-PowerAuth-Token"
OPERATIONS = "/api/auth/token/app/operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one request takes.

    Args:
        round_trips: to the database: statements, and the frames of transactions.
        calls: of functions that are written in Python.
    """

    statements: int
    round_trips: int
    calls: int


MOST = {
    "list": Cost(statements=3, round_trips=3, calls=1013),
    "authorize": Cost(statements=4, round_trips=4, calls=1450),
    "validate": Cost(statements=2, round_trips=2, calls=943),
    "status": Cost(statements=1, round_trips=1, calls=801),
    "inbox_count": Cost(statements=3, round_trips=3, calls=804),
    "inbox_list": Cost(statements=3, round_trips=3, calls=961),
    "create": Cost(statements=4, round_trips=6, calls=1684),
}

Environ = dict[str, Any]


def _environ(path: str, body: bytes, **headers: str) -> Environ:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = requests.Request(
        "POST",
        wsgi.BASE_URL + path,
        data=body,
        headers={"Content-Type": "application/json", "Accept-Language": "en", **named},
    )
    return wsgi.WsgiAdapter()._environ(request.prepare())


def _by_token(alice: Phone, path: str, body: bytes = b"{}") -> Environ:
    header = alice.token_header(alice.usual_token())
    return _environ(path, body, **{TOKEN: header})


def _listed(bank: Bank, alice: Phone) -> Iterator[Environ]:
    for _ in range(3):
        bank.operation("alice")
    while True:
        yield _by_token(alice, f"{OPERATIONS}/list")


def _authorized(bank: Bank, alice: Phone) -> Iterator[Environ]:
    while True:
        operation = bank.operation("alice")
        body = to_body({"id": str(operation.id), "data": operation.data})
        signature = alice.sign("POST", "/operation/authorize", body, pin=PIN)
        yield _environ(f"{OPERATIONS}/authorize", body, **{SIGNATURE: signature})


def _validated(bank: Bank, alice: Phone) -> Iterator[Environ]:
    while True:
        signature = alice.sign("POST", "/pa/signature/validate", b"{}", pin=PIN)
        yield _environ("/pa/v3/signature/validate", b"{}", **{SIGNATURE: signature})


def _status(bank: Bank, alice: Phone) -> Iterator[Environ]:
    challenge = base64.b64encode(bytes(range(16))).decode()
    while True:
        body = to_body({"activationId": alice.activation_id, "challenge": challenge})
        yield _environ("/pa/v3/activation/status", body)


def _inbox(path: str, body: bytes) -> "Hot":
    def requested(bank: Bank, alice: Phone) -> Iterator[Environ]:
        for number in range(3):
            inbox.create_message(
                user_id="alice",
                type="text",
                subject=f"Message {number}",
                summary="A summary",
                body="The whole body",
                applications=[bank.application.id],
                at=timezone.now(),
            )
        while True:
            yield _by_token(alice, f"/api/inbox/{path}", body)

    return requested


def _created(bank: Bank, alice: Phone) -> Iterator[Environ]:
    asked = {
        "userId": "bob",
        "applications": [bank.application.id],
        "templateName": "payment",
        "parameters": {"amount": "1", "currency": "CZK", "iban": "CZ1", "note": "x"},
    }
    body = json.dumps({"requestObject": asked}).encode()
    while True:
        yield _environ("/rest/v3/operation/create", body)


Hot = Callable[[Bank, Phone], Iterator[Environ]]
HOT: dict[str, Hot] = {
    "list": _listed,
    "authorize": _authorized,
    "validate": _validated,
    "status": _status,
    "inbox_count": _inbox("count", b"{}"),
    "inbox_list": _inbox("message/list", to_body({"page": 0, "size": 20})),
    "create": _created,
}


def _answer(environ: Environ) -> None:
    statuses: list[str] = []

    def start(status: str, headers: Any, *_: Any) -> Any:
        statuses.append(status)

    answer: Any = application(environ, start)
    body = b"".join(answer)
    answer.close()
    assert statuses == ["200 OK"], body


def _calls(act: Callable[[], object]) -> int:
    """Count the calls of Python functions on the way."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def _cost(requested: Iterator[Environ]) -> Cost:
    for _ in range(WARM_UP):
        _answer(next(requested))
    # What is rare, such as a collection of garbage with finalizers, is not in all of them.
    calls = min(_calls(partial(_answer, next(requested))) for _ in range(MEASURED))
    environ = next(requested)
    with CaptureQueriesContext(connection) as captured:
        _answer(environ)
    texts = [query["sql"] for query in captured.captured_queries]
    statements = [text for text in texts if not text.startswith(FRAMES)]
    return Cost(statements=len(statements), round_trips=len(texts), calls=calls)


@pytest.mark.parametrize("name", HOT)
def test_a_hot_request_stays_below_its_budget(name: str, bank: Bank, alice: Phone) -> None:
    cost, most = _cost(HOT[name](bank, alice)), MOST[name]
    assert (cost.statements, cost.round_trips) == (most.statements, most.round_trips)
    assert cost.calls <= most.calls
    # A budget far above what is needed guards nothing.
    assert cost.calls >= most.calls * 0.75
