"""The frame around the subcommands: common options, the phone's file, the PIN, and problems."""

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

import requests

from powerauth.phone.commands.calls import Call
from powerauth.phone.commands.console import one_line, refusal_text
from powerauth.phone.commands.subcommands import BY_NAME, SUBCOMMANDS
from powerauth.phone.errors import (
    BadCode,
    BadQrCode,
    BiometryForbidden,
    BiometryMissing,
    CounterDeadlock,
    DamagedState,
    IncompleteCommand,
    NotActivated,
    PhoneFailure,
    PinMissing,
    UntrustworthyAnswer,
    UpgradeNotOffered,
    UpgradeUnfinished,
)
from powerauth.phone.phone import Phone
from powerauth.phone.state import USUAL_SUITE, USUAL_VERSION, VERSIONS, PhoneState
from powerauth.phone.state_file import load_state
from powerauth.protocol.errors import ProtocolError, UnsupportedSuite, UnsupportedVersion
from powerauth.protocol.v4.suites import SUITES, suite_of

DEFAULT_FILE = "var/phone.json"

AskPin = Callable[[str], str]
"""Shows a prompt and returns what the user typed."""


class Problem(Exception):
    """A sentence for the user: the subcommand did not do what it should."""


def add_arguments(parser: ArgumentParser, *, here: str, chosen: bool = False) -> None:
    """Add the subcommands; the common options may stand before and behind their names.

    Args:
        parser: of the command.
        here: address of the server of this machine.
        chosen: whether somebody chose it for this call: it is then taken instead of the one that
            the phone's file knows.
    """
    parser.set_defaults(here=here, chosen=chosen)
    _add_common_options(parser)
    names = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    for subcommand in SUBCOMMANDS:
        own = names.add_parser(subcommand.name, help=subcommand.help)
        _add_common_options(own, repeated=True)
        subcommand.add_arguments(own)


def run(options: Namespace, ask_pin: AskPin, *, session: requests.Session | None = None) -> str:
    """Do what the command line says.

    Args:
        options: the parsed command line; `subcommand` is the name.
        ask_pin: asks the user.
        session: HTTP session; a new one by default.

    Returns: the text to show.

    Raises:
        Problem: what went wrong, in one sentence.
    """
    try:
        return _run(options, ask_pin, session)
    except _EXPECTED as error:
        raise Problem(problem_text(error)) from error


def problem_text(error: Exception) -> str:
    """Say in one line what went wrong."""
    match error:
        case PhoneFailure():
            return refusal_text(error.answer)
        case UntrustworthyAnswer():
            return f"The answer of the server cannot be trusted: {one_line(str(error))}."
        case requests.RequestException():
            return f"{_place(error)} gave no answer ({type(error).__name__})."
        case NotActivated():
            return "The phone is not activated. Use: phone activate CODE"
        case DamagedState():
            return f"The file of the phone is damaged: {error}."
        case OSError():
            return f"The file of the phone cannot be used: {error.strerror or error}."
        case UnsupportedVersion():
            return f"{one_line(str(error)).capitalize()}. Protocol 3 moves up by: phone upgrade"
        case UnsupportedSuite():
            return f"The suite cannot be used: {one_line(str(error))}."
        case ProtocolError():
            return f"The configuration text is not valid: {error}."
        case EOFError():
            return "A PIN is needed: give --pin."
    text = one_line(str(error))
    return f"{text[:1].upper()}{text[1:]}."


def _place(error: requests.RequestException) -> str:
    url = error.request.url if error.request is not None else None
    return f"The server at {one_line(url)}" if url else "The server"


_EXPECTED = (
    PhoneFailure,
    UntrustworthyAnswer,
    BadCode,
    BadQrCode,
    BiometryForbidden,
    BiometryMissing,
    NotActivated,
    PinMissing,
    CounterDeadlock,
    DamagedState,
    IncompleteCommand,
    UpgradeNotOffered,
    UpgradeUnfinished,
    ProtocolError,
    OSError,  # of files, and of requests
    EOFError,
)


def _add_common_options(parser: ArgumentParser, *, repeated: bool = False) -> None:
    # Behind the subcommand an option without a value must not undo the one before it.
    default = argparse.SUPPRESS if repeated else None
    parser.add_argument(
        "--url",
        default=default,
        help="address of the server (by default HOST, PORT and CONTEXT_PATH, and then kept)",
    )
    parser.add_argument(
        "--protocol",
        choices=VERSIONS,
        default=default,
        help=f"protocol version (at first {USUAL_VERSION}, then kept)",
    )
    parser.add_argument(
        "--suite",
        choices=[suite.name for suite in SUITES],
        default=default,
        help=f"suite of an activation of protocol 4.0 (at first {USUAL_SUITE}, then kept)",
    )
    parser.add_argument("--pin", default=default, help="the PIN; asked for when it is needed")
    parser.add_argument(
        "--file",
        default=argparse.SUPPRESS if repeated else DEFAULT_FILE,
        help=f"file of the phone (default {DEFAULT_FILE})",
    )


def _run(options: Namespace, ask_pin: AskPin, session: requests.Session | None) -> str:
    subcommand = BY_NAME[options.subcommand]
    if options.url is None and options.chosen:
        options.url = options.here
    opened = _new_phone if subcommand.activates else _known_phone
    phone = opened(options, session)
    call = Call(
        phone=phone,
        options=options,
        pin=lambda: ask_pin("PIN: ") if options.pin is None else str(options.pin),
        new_pin=lambda: _chosen_pin(options, ask_pin),
    )
    if subcommand.activates:
        # A failure leaves the file, and an activation that it may hold, untouched.
        text = subcommand.run(call)
        phone.save(options.file)
        return text
    phone.checkpoint = lambda: phone.save(options.file)
    try:
        return subcommand.run(call)
    finally:
        # The counter has moved although the server may have refused.
        phone.save(options.file)


def _known_phone(options: Namespace, session: requests.Session | None) -> Phone:
    try:
        phone = Phone.load(options.file, base_url=options.url, session=session)
    except FileNotFoundError:
        raise NotActivated from None
    if options.protocol is not None:
        phone.version = options.protocol
    if options.suite is not None:
        phone.suite = suite_of(options.suite)
    return phone


def _new_phone(options: Namespace, session: requests.Session | None) -> Phone:
    known = _known_state(options.file)
    if known is not None and known.enrolment is not None and not options.replace:
        raise Problem("The phone is activated already. Use --replace to forget that activation.")
    config = options.config or (known.sdk_config if known else None)
    if config is None:
        raise Problem("The configuration text of the app is needed: give --config.")
    kept_url = known.base_url if known else options.here
    phone = Phone(
        options.url or kept_url,
        sdk_config=config,
        version=options.protocol or (known.version if known else USUAL_VERSION),
        suite=options.suite or (known.suite if known else USUAL_SUITE),
        session=session,
    )
    phone.server_status()
    return phone


def _known_state(path: str) -> PhoneState | None:
    return load_state(path) if Path(path).exists() else None


def _chosen_pin(options: Namespace, ask_pin: AskPin) -> str:
    """Give the PIN that the user chooses: of a new activation, or in the place of the old one."""
    # `activate` has no old PIN beside the new one.
    given = options.new_pin if "new_pin" in options else options.pin
    if given is not None:
        return str(given)
    typed = ask_pin("New PIN: ")
    if ask_pin("New PIN again: ") != typed:
        raise Problem("The two PINs differ.")
    return typed
