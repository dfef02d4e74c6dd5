"""What one request of each hot path may cost, in numbers that no busy machine changes.

Statements and round trips are exact; of calls of Python functions, a request may make what it made
when the budget was written down, and 5 percent more. Whoever makes one cheaper lowers its budget.
Time is measured by `make bench`.
"""

import base64
import json
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from django.utils import timezone

from inbox import services as inbox
from operations.models import OperationTemplate
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.headers import TokenHeader
from tests.bank import PIN, Bank
from tests.house.costs import Cost, Environ, cost_of, environ, insist
from tests.push.accounts import every_provider

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

SIGNATURE, TOKEN = "X-PowerAuth-Authorization", "X-PowerAuth-Token"
OPERATIONS = "/api/auth/token/app/operation"

MOST = {
    "list": Cost(statements=3, round_trips=3, calls=888),
    "list100": Cost(statements=3, round_trips=3, calls=6899),
    "authorize": Cost(statements=4, round_trips=4, calls=1381),
    "validate": Cost(statements=2, round_trips=2, calls=851),
    "status": Cost(statements=1, round_trips=1, calls=722),
    "inbox_count": Cost(statements=3, round_trips=3, calls=701),
    "inbox_list": Cost(statements=3, round_trips=3, calls=879),
    "create": Cost(statements=4, round_trips=6, calls=1587),
    # The savepoint is two of them: nobody's payment fails for news.
    "create_ringing": Cost(statements=7, round_trips=9, calls=2144),
    "authorize_announced": Cost(statements=5, round_trips=7, calls=1653),
    "bank_list": Cost(statements=2, round_trips=2, calls=877),
    "bank_history": Cost(statements=2, round_trips=2, calls=864),
    "bank_detail": Cost(statements=1, round_trips=1, calls=601),
    "bank_approve": Cost(statements=6, round_trips=8, calls=1542),
    "bank_token": Cost(statements=2, round_trips=2, calls=809),
}


def _by_token(alice: Phone, path: str, body: bytes = b"{}") -> Environ:
    header = alice.token_header(alice.usual_token())
    return environ(path, body, **{TOKEN: header})


def _listed(number: int) -> "Hot":
    def requested(bank: Bank, alice: Phone) -> Iterator[Environ]:
        for _ in range(number):
            bank.operation("alice")
        while True:
            yield _by_token(alice, f"{OPERATIONS}/list")

    return requested


def _authorized(bank: Bank, alice: Phone) -> Iterator[Environ]:
    while True:
        operation = bank.operation("alice")
        body = to_body({"id": str(operation.id), "data": operation.data})
        signature = alice.sign("POST", "/operation/authorize", body, pin=PIN)
        yield environ(f"{OPERATIONS}/authorize", body, **{SIGNATURE: signature})


def _validated(bank: Bank, alice: Phone) -> Iterator[Environ]:
    while True:
        signature = alice.sign("POST", "/pa/signature/validate", b"{}", pin=PIN)
        yield environ("/pa/v3/signature/validate", b"{}", **{SIGNATURE: signature})


def _status(bank: Bank, alice: Phone) -> Iterator[Environ]:
    challenge = base64.b64encode(bytes(range(16))).decode()
    while True:
        body = to_body({"activationId": alice.activation_id, "challenge": challenge})
        yield environ("/pa/v3/activation/status", body)


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
    while True:
        yield _called("operation/create", asked)


def _ringing(bank: Bank, alice: Phone) -> Iterator[Environ]:
    """Operations of which phones are told, each another one."""
    every_provider(bank.application.id)
    assert alice.register_push("token").ok
    texts = {"en": {"title": "Payment", "body": "To ${iban}"}}
    OperationTemplate.objects.update(rings=True, push_texts=texts)
    for number in count(1):
        asked = {
            "userId": "alice",
            "applications": [bank.application.id],
            "templateName": "payment",
            "parameters": {"amount": str(number), "currency": "CZK", "iban": "CZ1", "note": "x"},
        }
        yield _called("operation/create", asked)


def _authorized_quietly(bank: Bank, alice: Phone) -> Iterator[Environ]:
    """Operations whose other phones hear of the end."""
    every_provider(bank.application.id)
    assert bank.phone("alice").register_push("token").ok
    while True:
        operation = bank.operation("alice", announced=True)
        body = to_body({"id": str(operation.id), "data": operation.data})
        signature = alice.sign("POST", "/operation/authorize", body, pin=PIN)
        yield environ(f"{OPERATIONS}/authorize", body, **{SIGNATURE: signature})


def _bank_list(method: str) -> "Hot":
    """What a server in front asks the one behind it, when a phone polls."""

    def requested(bank: Bank, alice: Phone) -> Iterator[Environ]:
        for _ in range(3):
            bank.operation("alice")
        asked = {
            "userId": "alice",
            "applications": [bank.application.id],
            "activationId": alice.activation_id,
            "pageNumber": 0,
            "pageSize": 100,
        }
        while True:
            yield _called(method, asked)

    return requested


def _bank_detail(bank: Bank, alice: Phone) -> Iterator[Environ]:
    operation = bank.operation("alice")
    while True:
        yield _called("operation/detail", {"operationId": str(operation.pk)})


def _bank_approve(bank: Bank, alice: Phone) -> Iterator[Environ]:
    while True:
        operation = bank.operation("alice")
        asked = {
            "operationId": str(operation.pk),
            "userId": "alice",
            "applicationId": bank.application.id,
            "data": operation.data,
            "signatureType": "POSSESSION_KNOWLEDGE",
            "additionalData": {"ipAddress": "203.0.113.7"},
        }
        yield _called("operation/approve", asked)


def _bank_token(bank: Bank, alice: Phone) -> Iterator[Environ]:
    while True:
        header = TokenHeader.parse(alice.token_header(alice.usual_token()))
        asked = {
            "tokenId": header.token_id,
            "tokenDigest": b64(header.digest),
            "nonce": b64(header.nonce),
            "timestamp": header.timestamp,
            "protocolVersion": header.version,
        }
        yield _called("token/validate", asked)


def _called(method: str, asked: object) -> Environ:
    return environ(f"/rest/v3/{method}", json.dumps({"requestObject": asked}).encode())


Hot = Callable[[Bank, Phone], Iterator[Environ]]
HOT: dict[str, Hot] = {
    "list": _listed(3),
    "list100": _listed(100),
    "authorize": _authorized,
    "validate": _validated,
    "status": _status,
    "inbox_count": _inbox("count", b"{}"),
    "inbox_list": _inbox("message/list", to_body({"page": 0, "size": 20})),
    "create": _created,
    "create_ringing": _ringing,
    "authorize_announced": _authorized_quietly,
    "bank_list": _bank_list("operation/list/pending"),
    "bank_history": _bank_list("operation/list"),
    "bank_detail": _bank_detail,
    "bank_approve": _bank_approve,
    "bank_token": _bank_token,
}


@pytest.mark.parametrize("name", HOT)
def test_a_hot_request_stays_below_its_budget(name: str, bank: Bank, alice: Phone) -> None:
    insist(cost_of(HOT[name](bank, alice)), MOST[name])
