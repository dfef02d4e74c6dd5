"""What the phone shows to people: pure functions that return text."""

from collections.abc import Mapping, Sequence
from typing import Any

from powerauth.phone.features.activation import ActivationResult
from powerauth.phone.features.spawn import SpawnedActivation
from powerauth.phone.generations.values import Status
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.offline_text import OfflineText

STATES = {
    1: "created",
    2: "waiting for confirmation by the bank",
    3: "active",
    4: "blocked",
    5: "removed",
}
OFFLINE_FLAGS = {
    "B": "biometry is allowed",
    "X": "the buttons are flipped",
    "F": "beware of fraud",
    "C": "not during a call",
}
NO_OPERATIONS = "No operations."
NO_MESSAGES = "No messages."
_UNCONFIRMED = "The bank waits for a confirmation. Use: phone confirm"


def activation_text(result: ActivationResult) -> str:
    """Describe a new activation."""
    rows = [("Activation", result.activation_id), ("Fingerprint", result.fingerprint)]
    told = f"The phone is activated. Compare the fingerprint with the bank's.\n{table(rows)}"
    return told if result.confirmed else f"{told}\n{_UNCONFIRMED}"


def spawn_text(spawned: SpawnedActivation, otp: str) -> str:
    """Describe an activation that waits for its phone, with what that phone needs."""
    rows = [
        ("Activation", spawned.activation_id),
        ("Code", one_line(spawned.code)),
        ("Signature", one_line(spawned.signature)),
        ("OTP", otp),
    ]
    return f"Activate the other application by this code and one-time password.\n{table(rows)}"


def status_text(activation_id: str, status: Status, protocol: str) -> str:
    """Describe the status of an activation, and what its owner should do about it."""
    left = max(0, status.max_failed_attempts - status.failed_attempts)
    rows = [
        ("Activation", activation_id),
        ("State", STATES.get(status.state, f"unknown ({status.state})")),
        ("Attempts left", str(left)),
        ("Protocol", protocol),
    ]
    if status.biometry_enabled is not None:
        rows.append(("Biometry", _yes_or_no(status.biometry_enabled)))
    hints = [
        (status.confirmation_pending, _UNCONFIRMED),
        (status.suite_not_allowed, "The bank wants another suite: activate the phone anew."),
        (status.upgrade_offered, "The bank offers a newer protocol. Use: phone upgrade"),
    ]
    return "\n".join([table(rows), *(text for applies, text in hints if applies)])


def operations_text(operations: Sequence[Mapping[str, Any]]) -> str:
    """List operations, one a line, in columns."""
    if not operations:
        return NO_OPERATIONS
    head = ("ID", "STATUS", "EXPIRES", "TITLE")
    return _aligned([head, *(_operation_row(operation) for operation in operations)])


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


def offline_text(operation: OfflineText) -> str:
    """Describe an operation of a QR code."""
    flags = [OFFLINE_FLAGS.get(flag, f"unknown ({flag})") for flag in operation.flags]
    rows = [
        ("Operation", one_line(operation.operation_id)),
        ("Data", one_line(operation.operation_data)),
        ("Flags", one_line(", ".join(flags)) or "none"),
    ]
    parts = [one_line(operation.title), one_line(operation.message), table(rows)]
    return "\n".join(part for part in parts if part)


def messages_text(messages: Sequence[Mapping[str, Any]], *, unread: int) -> str:
    """List messages, one a line, in columns, and say how many are unread."""
    if not messages:
        return NO_MESSAGES
    head = ("ID", "READ", "CREATED", "SUBJECT")
    return f"{_aligned([head, *map(_message_row, messages)])}\n\nUnread: {unread}"


def message_text(message: Mapping[str, Any]) -> str:
    """Describe one message with its body."""
    rows = [
        ("Message", _text(message.get("id"))),
        ("Created", _text(message.get("timestampCreated"))),
        ("Read", _yes_or_no(message.get("read"))),
        ("Type", _text(message.get("type"))),
    ]
    body = [one_line(line) for line in str(message.get("body") or "").splitlines()]
    parts = [_text(message.get("subject")), _text(message.get("summary")), table(rows)]
    return "\n".join([*(part for part in parts if part), "", *body]).rstrip()


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


def _message_row(message: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return (
        _text(message.get("id")),
        _yes_or_no(message.get("read")),
        _text(message.get("timestampCreated")),
        _text(message.get("subject")),
    )


def _yes_or_no(value: object) -> str:
    return "yes" if value is True else "no"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Put rows into columns; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "\n".join(_columns(row, widths) for row in rows)


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
