"""What the phone shows to people: pure functions that return text."""

from collections.abc import Mapping, Sequence
from typing import Any

from powerauth.phone.activation import ActivationResult
from powerauth.phone.transport import Answer
from powerauth.protocol.status_blob import StatusBlob

STATES = {
    1: "created",
    2: "waiting for confirmation by the bank",
    3: "active",
    4: "blocked",
    5: "removed",
}
NO_OPERATIONS = "No operations."


def activation_text(result: ActivationResult) -> str:
    """Describe a new activation."""
    rows = [("Activation", result.activation_id), ("Fingerprint", result.fingerprint)]
    return f"The phone is activated. Compare the fingerprint with the bank's.\n{table(rows)}"


def status_text(activation_id: str, blob: StatusBlob) -> str:
    """Describe the status of an activation."""
    left = max(0, blob.max_failed_attempts - blob.failed_attempts)
    rows = [
        ("Activation", activation_id),
        ("State", STATES.get(blob.state, f"unknown ({blob.state})")),
        ("Attempts left", str(left)),
    ]
    return table(rows)


def operations_text(operations: Sequence[Mapping[str, Any]]) -> str:
    """List operations, one a line, in columns."""
    if not operations:
        return NO_OPERATIONS
    head = ("ID", "STATUS", "EXPIRES", "TITLE")
    rows = [head, *(_operation_row(operation) for operation in operations)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    return "\n".join(_columns(row, widths) for row in rows)


def operation_text(operation: Mapping[str, Any]) -> str:
    """Describe one operation with all that its form shows."""
    form = _object(operation.get("formData"))
    rows = [
        ("Operation", _text(operation.get("id"))),
        ("Type", _text(operation.get("name"))),
        ("Status", _text(operation.get("status"))),
        ("Expires", _text(operation.get("operationExpires"))),
    ]
    rows += [_attribute_row(_object(attribute)) for attribute in form.get("attributes") or []]
    parts = [_text(form.get("title")), _text(form.get("message")), table(rows)]
    return "\n".join(part for part in parts if part)


def refusal_text(answer: Answer) -> str:
    """Say in one line that and why the server refused."""
    reason = answer.code or "no error code"
    text = f" ({one_line(answer.message)})" if answer.message else ""
    return f"The server refused: {one_line(reason)}{text}, HTTP status {answer.status}."


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Align labels and values in two columns."""
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"{label:<{width}}  {value}".rstrip() for label, value in rows)


def one_line(text: str) -> str:
    """Replace what a terminal might obey, and line ends, by spaces."""
    printable = (character if character.isprintable() else " " for character in text)
    return " ".join("".join(printable).split())


def _operation_row(operation: Mapping[str, Any]) -> tuple[str, str, str, str]:
    form = _object(operation.get("formData"))
    return (
        _text(operation.get("id")),
        _text(operation.get("status")),
        _text(operation.get("operationExpires")),
        _text(form.get("title")),
    )


def _columns(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)]
    return "  ".join([*cells, row[-1]]).rstrip()


def _attribute_row(attribute: Mapping[str, Any]) -> tuple[str, str]:
    label = _text(attribute.get("label")) or _text(attribute.get("id"))
    kind = attribute.get("type")
    return label, _AMOUNTS.get(str(kind), _plain_value)(attribute)


def _amount(attribute: Mapping[str, Any]) -> str:
    return _money(attribute, "")


def _conversion(attribute: Mapping[str, Any]) -> str:
    return f"{_money(attribute, 'source')} -> {_money(attribute, 'target')}"


def _party(attribute: Mapping[str, Any]) -> str:
    return _text(_object(attribute.get("partyInfo")).get("name"))


def _plain_value(attribute: Mapping[str, Any]) -> str:
    value = attribute.get("value") or attribute.get("note")
    return _text(value or attribute.get("message"))


def _money(attribute: Mapping[str, Any], side: str) -> str:
    def member(name: str) -> str:
        return _text(attribute.get(side + name if side else name[0].lower() + name[1:]))

    return member("ValueFormatted") or f"{member('Amount')} {member('Currency')}".strip()


_AMOUNTS = {"AMOUNT": _amount, "AMOUNT_CONVERSION": _conversion, "PARTY_INFO": _party}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return "" if value is None else one_line(str(value))
