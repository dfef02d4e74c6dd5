"""The subcommands about operations: list, show, approve, reject, look back."""

from argparse import ArgumentParser
from typing import Any

from powerauth.phone.commands import console
from powerauth.phone.commands.calls import Call
from powerauth.phone.requests.answers import require_ok
from powerauth.protocol.signed_request import SignatureType


def operations(call: Call) -> str:
    """List what waits for a decision."""
    return console.operations_text(call.phone.operations(language=call.options.language))


def show(call: Call) -> str:
    """Describe one operation."""
    return console.operation_text(_operation(call))


def approve(call: Call) -> str:
    """Approve an operation by the least factors that it wants, and describe it."""
    operation = _operation(call)
    factors = _factors(operation)
    answer = call.phone.approve(
        operation,
        pin=call.pin() if "knowledge" in factors.factors else None,
        factors=factors,
        proximity_otp=call.options.otp,
    )
    require_ok(answer)
    return f"{console.operation_text(operation)}\n\nApproved."


def reject(call: Call) -> str:
    """Reject an operation, and say so."""
    require_ok(call.phone.reject(call.options.id, call.options.reason))
    return "Rejected."


def history(call: Call) -> str:
    """List the operations of all states."""
    history = call.phone.history(call.pin(), language=call.options.language)
    return console.operations_text(history)


def _operation(call: Call) -> dict[str, Any]:
    return call.phone.operation(call.options.id, language=call.options.language)


def _factors(operation: dict[str, Any]) -> SignatureType:
    """Choose the least that the operation wants."""
    allowed = operation.get("allowedSignatureType")
    single = isinstance(allowed, dict) and allowed.get("type") == "1FA"
    return SignatureType.POSSESSION if single else SignatureType.POSSESSION_KNOWLEDGE


def add_language(parser: ArgumentParser) -> None:
    """Add the language of the texts."""
    parser.add_argument("--language", default="en", help="language of the texts")


def _add_id(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="id of the operation")


def add_id_and_language(parser: ArgumentParser) -> None:
    """Add which operation it is."""
    _add_id(parser)
    add_language(parser)


def add_approval(parser: ArgumentParser) -> None:
    """Add the arguments of ``approve``."""
    add_id_and_language(parser)
    parser.add_argument("--otp", help="code that proves that the phone is near")


def add_rejection(parser: ArgumentParser) -> None:
    """Add the arguments of ``reject``."""
    _add_id(parser)
    parser.add_argument("--reason", help="such as INCORRECT_DATA or UNEXPECTED_OPERATION")
