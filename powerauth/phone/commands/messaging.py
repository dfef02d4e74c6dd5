"""The subcommands about messages: ``inbox`` with its actions, and ``register-push``."""

from argparse import ArgumentParser, Namespace

from powerauth.phone.commands import console
from powerauth.phone.errors import IncompleteCommand
from powerauth.phone.phone import Phone
from powerauth.phone.requests.answers import require_ok


def add_push_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``register-push``."""
    parser.add_argument("token", metavar="TOKEN", help="the provider's address of the app")
    parser.add_argument("--platform", default="fcm", help="such as apns, fcm or hms")
    parser.add_argument("--environment", help="of apns: development or production")


def register_push(phone: Phone, options: Namespace) -> str:
    """Register for push messages, and say so."""
    require_ok(
        phone.register_push(
            options.token, platform=options.platform, environment=options.environment
        )
    )
    return "The phone is registered for push messages."


def add_inbox_arguments(parser: ArgumentParser) -> None:
    """Add the action of ``inbox`` with its arguments."""
    parser.add_argument(
        "action",
        nargs="?",
        default="list",
        choices=tuple(_ACTIONS),
        metavar="ACTION",
        help=f"{', '.join(_ACTIONS)} (default list)",
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="id of the message")
    parser.add_argument("--unread", action="store_true", help="list unread messages only")


def inbox(phone: Phone, options: Namespace) -> str:
    """Do the action, and give the text to show."""
    return _ACTIONS[options.action](phone, options)


def _list(phone: Phone, options: Namespace) -> str:
    messages = phone.all_messages(only_unread=options.unread)
    return console.messages_text(messages, unread=phone.unread_count())


def _show(phone: Phone, options: Namespace) -> str:
    return console.message_text(phone.message(_message_id(options)))


def _read(phone: Phone, options: Namespace) -> str:
    require_ok(phone.read_message(_message_id(options)))
    return "The message is read."


def _read_all(phone: Phone, _options: Namespace) -> str:
    require_ok(phone.read_all_messages())
    return "All messages are read."


_ACTIONS = {"list": _list, "show": _show, "read": _read, "read-all": _read_all}


def _message_id(options: Namespace) -> str:
    if options.id is None:
        raise IncompleteCommand(f"say which message: inbox {options.action} ID")
    return str(options.id)
