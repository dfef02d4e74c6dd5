"""What people see."""

from typing import Any

import pytest

from powerauth.phone.commands import console
from powerauth.phone.generations.values import Status
from powerauth.phone.requests.transport import Answer

OPERATION: dict[str, Any] = {
    "id": "op-1",
    "name": "payment",
    "data": "A1",
    "status": "PENDING",
    "operationExpires": "2026-01-01T10:00:00+0000",
    "formData": {
        "title": "Payment",
        "message": "Please confirm",
        "attributes": [
            {"type": "AMOUNT", "label": "Amount", "valueFormatted": "1\u00a0000,00\u00a0Kč"},
            {"type": "AMOUNT", "label": "Fee", "amount": 5.0, "currency": "CZK"},
            {
                "type": "AMOUNT_CONVERSION",
                "label": "Rate",
                "sourceValueFormatted": "€1",
                "targetAmount": 25.0,
                "targetCurrency": "CZK",
            },
            {"type": "KEY_VALUE", "label": "To", "value": "Alice\x1b[31m"},
            {"type": "NOTE", "label": "Note", "note": "two\nlines"},
            {"type": "ALERT", "label": "Careful", "message": "Really?"},
            {"type": "PARTY_INFO", "label": "Shop", "partyInfo": {"name": "Tesco"}},
            {"type": "HEADING", "id": "heading"},
        ],
    },
}


def test_operation() -> None:
    assert console.operation_text(OPERATION).splitlines() == [
        "Payment",
        "Please confirm",
        "Operation  op-1",
        "Type       payment",
        "Status     PENDING",
        "Expires    2026-01-01T10:00:00+0000",
        "Amount     1 000,00 Kč",
        "Fee        5.0 CZK",
        "Rate       €1 -> 25.0 CZK",
        "To         Alice [31m",
        "Note       two lines",
        "Careful    Really?",
        "Shop       Tesco",
        "heading",
    ]


def test_an_operation_without_anything() -> None:
    assert console.operation_text({"id": "op-1"}).splitlines()[0] == "Operation  op-1"


def test_list() -> None:
    other = {**OPERATION, "id": "longer-id", "formData": None}
    assert console.operations_text([OPERATION, other]).splitlines() == [
        "ID         STATUS   EXPIRES                   TITLE",
        "op-1       PENDING  2026-01-01T10:00:00+0000  Payment",
        "longer-id  PENDING  2026-01-01T10:00:00+0000",
    ]
    assert console.operations_text([]) == "No operations."


@pytest.mark.parametrize(
    ("state", "failed", "words", "left"),
    [(3, 1, "active", 4), (4, 5, "blocked", 0), (5, 9, "removed", 0), (9, 0, "unknown (9)", 5)],
)
def test_status(state: int, failed: int, words: str, left: int) -> None:
    blob = Status(
        state=state,
        failed_attempts=failed,
        max_failed_attempts=5,
        look_ahead=20,
        current_version=3,
        upgrade_version=3,
        counter_byte=0,
        server_ahead=0,
    )
    lines = console.status_text("id", blob, "3.3").splitlines()
    assert lines[1:] == [
        f"State          {words}",
        f"Attempts left  {left}",
        "Protocol       3.3",
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "The server refused: no error code, HTTP status 400."),
        (b"<html>", "The server refused: no error code, HTTP status 400."),
        (b'{"responseObject": {"code": 5}}', "The server refused: no error code, HTTP status 400."),
        (
            b'{"responseObject": {"code": "OPERATION_EXPIRED", "message": "Too\\nlate"}}',
            "The server refused: OPERATION_EXPIRED (Too late), HTTP status 400.",
        ),
    ],
)
def test_refusals(content: bytes, text: str) -> None:
    assert console.refusal_text(Answer(status=400, content=content)) == text


@pytest.mark.parametrize(
    ("status", "content", "ok"),
    [
        (200, b'{"status":"OK"}', True),
        (200, b'{"mac":""}', True),
        (200, b'{"status":"ERROR"}', False),
        (302, b'{"status":"OK"}', False),
        (401, b"", False),
    ],
)
def test_agreement(status: int, content: bytes, ok: bool) -> None:
    assert Answer(status=status, content=content).ok is ok
