"""The subcommands of ``manage.py phone``: what each asks for, does, and says.

A new subcommand is a function and an entry in `SUBCOMMANDS`.
"""

import secrets
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from powerauth.phone.commands import console, messaging, owning, scanning
from powerauth.phone.phone import Phone
from powerauth.phone.requests.answers import require_ok
from powerauth.protocol.signed_request import SignatureType

OTP_LENGTH = 16  # digits of a random one-time password


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One use of a subcommand."""

    phone: Phone
    options: Namespace
    pin: Callable[[], str]
    """Gives the PIN, and asks for it when it has to."""
    new_pin: Callable[[], str]
    """Gives a PIN that the user chooses, in the same way."""


def _nothing(_parser: ArgumentParser) -> None:
    """Add no argument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcommand:
    """A subcommand; `run` does it and returns the text to show."""

    name: str
    help: str
    run: Callable[[Call], str]
    add_arguments: Callable[[ArgumentParser], None] = _nothing
    activates: bool = False
    """Starts with a phone without an activation."""


def _activate(call: Call) -> str:
    options = call.options
    result = call.phone.activate(
        options.code,
        pin=call.new_pin(),
        name=options.name,
        otp=options.otp,
        enable_biometry=options.biometry,
    )
    return console.activation_text(result)


def _status(call: Call) -> str:
    return owning.status(call.phone)


def _confirm(call: Call) -> str:
    return owning.confirm(call.phone, call.options, call.pin)


def _change_pin(call: Call) -> str:
    return owning.change_pin(call.phone, call.pin, call.new_pin)


def _biometry(call: Call) -> str:
    return owning.biometry(call.phone, call.options, call.pin)


def _upgrade(call: Call) -> str:
    return owning.upgrade(call.phone, call.options, call.pin)


def _operations(call: Call) -> str:
    return console.operations_text(call.phone.operations(language=call.options.language))


def _show(call: Call) -> str:
    return console.operation_text(_operation(call))


def _approve(call: Call) -> str:
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


def _reject(call: Call) -> str:
    require_ok(call.phone.reject(call.options.id, call.options.reason))
    return "Rejected."


def _history(call: Call) -> str:
    history = call.phone.history(call.pin(), language=call.options.language)
    return console.operations_text(history)


def _validate(call: Call) -> str:
    require_ok(call.phone.validate_signature(pin=call.pin()))
    return "The server accepted the signature."


def _remove(call: Call) -> str:
    return owning.remove(call.phone, call.pin)


def _register_push(call: Call) -> str:
    return messaging.register_push(call.phone, call.options)


def _inbox(call: Call) -> str:
    return messaging.inbox(call.phone, call.options)


def _offline(call: Call) -> str:
    return scanning.offline(call.phone, call.options, call.pin)


def _spawn(call: Call) -> str:
    otp = call.options.otp or _random_otp()
    spawned = call.phone.spawn(
        call.options.application, otp, pin=call.pin(), encrypted=not call.options.plain
    )
    return console.spawn_text(spawned, otp)


def _random_otp() -> str:
    return "".join(str(secrets.randbelow(10)) for _ in range(OTP_LENGTH))


def _operation(call: Call) -> dict[str, Any]:
    return call.phone.operation(call.options.id, language=call.options.language)


def _factors(operation: dict[str, Any]) -> SignatureType:
    """Choose the least that the operation wants."""
    allowed = operation.get("allowedSignatureType")
    single = isinstance(allowed, dict) and allowed.get("type") == "1FA"
    return SignatureType.POSSESSION if single else SignatureType.POSSESSION_KNOWLEDGE


def _add_language(parser: ArgumentParser) -> None:
    parser.add_argument("--language", default="en", help="language of the texts")


def _add_id(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="id of the operation")


def _add_id_and_language(parser: ArgumentParser) -> None:
    _add_id(parser)
    _add_language(parser)


def _add_approval(parser: ArgumentParser) -> None:
    _add_id_and_language(parser)
    parser.add_argument("--otp", help="code that proves that the phone is near")


def _add_rejection(parser: ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--reason", help="such as INCORRECT_DATA or UNEXPECTED_OPERATION")


def _add_activation(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="activation code, with or without signature")
    parser.add_argument("--config", help="configuration text of the app (mobileSdkConfig)")
    parser.add_argument("--otp", help="one-time password, if the bank wants one")
    parser.add_argument("--name", default="Phone", help="name of the activation")
    parser.add_argument("--replace", action="store_true", help="forget a previous activation")
    owning.add_biometry_choice(parser)


def _add_spawn(parser: ArgumentParser) -> None:
    parser.add_argument(
        "application", metavar="APPLICATION", help="the other application, as the bank names it"
    )
    parser.add_argument("--otp", help="one-time password for it; a random one by default")
    parser.add_argument(
        "--plain", action="store_true", help="send the request without end-to-end encryption"
    )


SUBCOMMANDS = (
    Subcommand(
        name="activate",
        help="activate the phone by a code",
        run=_activate,
        add_arguments=_add_activation,
        activates=True,
    ),
    Subcommand(name="status", help="show the status of the activation", run=_status),
    Subcommand(
        name="confirm",
        help="confirm the activation again, where the status wants it (protocol 4.0)",
        run=_confirm,
        add_arguments=owning.add_biometry_choice,
    ),
    Subcommand(
        name="operations",
        help="list what waits for a decision",
        run=_operations,
        add_arguments=_add_language,
    ),
    Subcommand(
        name="show", help="show an operation", run=_show, add_arguments=_add_id_and_language
    ),
    Subcommand(
        name="approve", help="approve an operation", run=_approve, add_arguments=_add_approval
    ),
    Subcommand(
        name="reject", help="reject an operation", run=_reject, add_arguments=_add_rejection
    ),
    Subcommand(
        name="offline",
        help="compute the code that approves the operation of a QR code, without a network",
        run=_offline,
        add_arguments=scanning.add_offline_arguments,
    ),
    Subcommand(
        name="history",
        help="list the operations of all states",
        run=_history,
        add_arguments=_add_language,
    ),
    Subcommand(name="validate", help="let the server check a signature", run=_validate),
    Subcommand(
        name="register-push",
        help="register for push messages",
        run=_register_push,
        add_arguments=messaging.add_push_arguments,
    ),
    Subcommand(
        name="inbox",
        help="list, show and read what the bank wrote",
        run=_inbox,
        add_arguments=messaging.add_inbox_arguments,
    ),
    Subcommand(
        name="spawn",
        help="fetch an activation code for another application",
        run=_spawn,
        add_arguments=_add_spawn,
    ),
    Subcommand(
        name="change-pin",
        help="change the PIN; after a failure, repeat it with the same PINs",
        run=_change_pin,
        add_arguments=owning.add_pin_arguments,
    ),
    Subcommand(
        name="biometry",
        help="add or remove biometry as a second factor",
        run=_biometry,
        add_arguments=owning.add_biometry_arguments,
    ),
    Subcommand(
        name="upgrade",
        help="move the activation from protocol 3 to 4.0, in the suite that --suite names",
        run=_upgrade,
        add_arguments=owning.add_biometry_choice,
    ),
    Subcommand(name="remove", help="remove the activation", run=_remove),
)
BY_NAME = {subcommand.name: subcommand for subcommand in SUBCOMMANDS}
