"""The subcommands of ``manage.py phone``: what each asks for, does, and says.

A new subcommand is a function and an entry in `SUBCOMMANDS`.
"""

import secrets
from argparse import ArgumentParser

from powerauth.phone.commands import console, deciding, messaging, owning, scanning
from powerauth.phone.commands.calls import Call, Subcommand
from powerauth.phone.requests.answers import require_ok

OTP_LENGTH = 16  # digits of a random one-time password


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


def _validate(call: Call) -> str:
    require_ok(call.phone.validate_signature(pin=call.pin()))
    return "The server accepted the signature."


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
    Subcommand(name="status", help="show the status of the activation", run=owning.status),
    Subcommand(
        name="confirm",
        help="confirm the activation again, where the status wants it (protocol 4.0)",
        run=owning.confirm,
        add_arguments=owning.add_biometry_choice,
    ),
    Subcommand(
        name="operations",
        help="list what waits for a decision",
        run=deciding.operations,
        add_arguments=deciding.add_language,
    ),
    Subcommand(
        name="show",
        help="show an operation",
        run=deciding.show,
        add_arguments=deciding.add_id_and_language,
    ),
    Subcommand(
        name="approve",
        help="approve an operation",
        run=deciding.approve,
        add_arguments=deciding.add_approval,
    ),
    Subcommand(
        name="reject",
        help="reject an operation",
        run=deciding.reject,
        add_arguments=deciding.add_rejection,
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
        run=deciding.history,
        add_arguments=deciding.add_language,
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
        run=owning.change_pin,
        add_arguments=owning.add_pin_arguments,
    ),
    Subcommand(
        name="biometry",
        help="add or remove biometry as a second factor",
        run=owning.biometry,
        add_arguments=owning.add_biometry_arguments,
    ),
    Subcommand(
        name="upgrade",
        help="move the activation from protocol 3 to 4.0, in the suite that --suite names",
        run=owning.upgrade,
        add_arguments=owning.add_biometry_choice,
    ),
    Subcommand(name="remove", help="remove the activation", run=owning.remove),
)
BY_NAME = {subcommand.name: subcommand for subcommand in SUBCOMMANDS}
