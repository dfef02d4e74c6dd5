"""The subcommands about the activation itself: its status, PIN, biometry, protocol and end."""

from argparse import ArgumentParser

from powerauth.phone.commands import console
from powerauth.phone.commands.calls import Call
from powerauth.phone.enrolments import Enrolment4
from powerauth.phone.errors import UntrustworthyAnswer, UpgradeUnfinished
from powerauth.phone.phone import Phone

UPGRADE_CUT_OFF = "An upgrade was cut off, repeat it by phone upgrade"
PIN_CUT_OFF = "A change of the PIN was cut off, repeat it by phone change-pin with the same PINs"
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


def status(call: Call) -> str:
    """Describe how the activation stands."""
    phone = call.phone
    try:
        told = phone.status()
    except UntrustworthyAnswer:
        if phone.state.upgraded is None:
            raise
        raise UpgradeUnfinished(f"{UPGRADE_CUT_OFF}: the server may have moved up") from None
    own = phone.enrolment
    cut_off = [
        (phone.state.upgraded is not None, f"{UPGRADE_CUT_OFF}."),
        (isinstance(own, Enrolment4) and bool(own.next_knowledge_locked), f"{PIN_CUT_OFF}."),
    ]
    text = console.status_text(phone.activation_id, told, protocol_of(phone))
    return "\n".join([text, *(hint for applies, hint in cut_off if applies)])


def protocol_of(phone: Phone) -> str:
    """Name what the phone speaks, with its suite where there is one."""
    own = phone.enrolment
    return f"{phone.version} ({own.suite.name})" if isinstance(own, Enrolment4) else phone.version


def confirm(call: Call) -> str:
    """Confirm the activation, and say so."""
    call.phone.confirm(call.pin(), enable_biometry=call.options.biometry)
    return "The activation is confirmed."


def change_pin(call: Call) -> str:
    """Change the PIN, and say so."""
    call.phone.change_pin(call.pin(), call.new_pin())
    return "The PIN is changed."


def biometry(call: Call) -> str:
    """Add or remove biometry, and say so."""
    if call.options.action == "remove":
        call.phone.remove_biometry()
        return "Biometry is removed."
    call.phone.add_biometry(call.pin())
    return "Biometry is added."


def upgrade(call: Call) -> str:
    """Move the activation up, and say to what."""
    phone = call.phone
    phone.upgrade(call.pin(), enable_biometry=call.options.biometry)
    rows = [("Protocol", protocol_of(phone)), ("Fingerprint", phone.fingerprint)]
    return f"The activation speaks protocol 4.0 now.\n{console.table(rows)}"


def remove(call: Call) -> str:
    """Remove the activation, and say so."""
    call.phone.remove(call.pin())
    return "The activation is removed."
