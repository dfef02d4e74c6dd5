"""The subcommands about the activation itself: its status, PIN, biometry, protocol and end."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from powerauth.phone.commands import console
from powerauth.phone.enrolments import Enrolment4
from powerauth.phone.phone import Phone

Ask = Callable[[], str]
"""Gives a PIN, and asks for it when it has to."""

WITHOUT_BIOMETRY = "--no-biometry"


def add_biometry_choice(parser: ArgumentParser) -> None:
    """Add the choice whether biometry shall be a factor."""
    parser.add_argument(
        WITHOUT_BIOMETRY,
        dest="biometry",
        action="store_false",
        help="let biometry be no second factor",
    )


def add_biometry_arguments(parser: ArgumentParser) -> None:
    """Add the action of ``biometry``."""
    parser.add_argument(
        "action", choices=("add", "remove"), metavar="ACTION", help="add (or renew) or remove"
    )


def add_pin_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``change-pin``."""
    parser.add_argument("--new-pin", help="the new PIN; asked for when it is not given")


def status(phone: Phone) -> str:
    """Describe how the activation stands."""
    told = phone.status()
    return console.status_text(phone.activation_id, told, protocol_of(phone))


def protocol_of(phone: Phone) -> str:
    """Name what the phone speaks, with its suite where there is one."""
    own = phone.enrolment
    return f"{phone.version} ({own.suite.name})" if isinstance(own, Enrolment4) else phone.version


def confirm(phone: Phone, options: Namespace, pin: Ask) -> str:
    """Confirm the activation, and say so."""
    phone.confirm(pin(), enable_biometry=options.biometry)
    return "The activation is confirmed."


def change_pin(phone: Phone, pin: Ask, new_pin: Ask) -> str:
    """Change the PIN, and say so."""
    phone.change_pin(pin(), new_pin())
    return "The PIN is changed."


def biometry(phone: Phone, options: Namespace, pin: Ask) -> str:
    """Add or remove biometry, and say so."""
    if options.action == "remove":
        phone.remove_biometry()
        return "Biometry is removed."
    phone.add_biometry(pin())
    return "Biometry is added."


def upgrade(phone: Phone, options: Namespace, pin: Ask) -> str:
    """Move the activation up, and say to what."""
    phone.upgrade(pin(), enable_biometry=options.biometry)
    rows = [("Protocol", protocol_of(phone)), ("Fingerprint", phone.fingerprint)]
    return f"The activation speaks protocol 4.0 now.\n{console.table(rows)}"


def remove(phone: Phone, pin: Ask) -> str:
    """Remove the activation, and say so."""
    phone.remove(pin())
    return "The activation is removed."
