"""`manage.py write_message`: a message to users, from a shell or a script of the bank."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from enrollment_server.progress import Progress
from enrollment_server.push_server.server import is_remote
from inbox.errors import InvalidMessage, UnknownApplication
from inbox.models import MessageType
from inbox.services import create_message
from powerauth.errors import RemoteFailure


class Command(BaseCommand):
    """The users' apps show the message with their next look into the inbox."""

    help = "Writes a message to the inboxes of users, and prints the identifier of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="*", help="identifier of a user; there may be several")
        parser.add_argument(
            "--users", type=Path, metavar="FILE", help="a file with one more user on each line"
        )
        parser.add_argument(
            "--application",
            action="append",
            required=True,
            help="application that shows the message; may be repeated",
        )
        parser.add_argument("--subject", required=True)
        parser.add_argument("--summary", required=True, help="what the list shows of it")
        parser.add_argument("--body", required=True)
        parser.add_argument(
            "--notify", action="store_true", help="let phones ring, with subject and summary"
        )
        parser.add_argument("--type", choices=MessageType.values, default=MessageType.TEXT.value)

    def handle(self, *args: Any, **options: Any) -> None:
        if is_remote():
            raise CommandError(
                "The messages are on the Push Server that PUSH_SERVICE_URL names: write them there."
            )
        users = [*options["user"], *_users_in(options["users"])]
        if not users:
            raise CommandError("Name a user, or a file of users by --users.")
        at = timezone.now()
        with Progress("messages", len(users), stream=self.stderr) as progress:
            for number, user in enumerate(users):
                try:
                    self.stdout.write(_written(user, options, at=at))
                except (InvalidMessage, UnknownApplication, RemoteFailure) as error:
                    raise CommandError(_complaint(error, user, written=number)) from error
                progress.advance()


def _users_in(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    return [user for line in lines if (user := line.strip())]


def _written(user: str, options: dict[str, Any], *, at: datetime) -> str:
    """Write the message to one user; give its identifier."""
    message = create_message(
        user_id=user,
        type=options["type"],
        subject=options["subject"],
        summary=options["summary"],
        body=options["body"],
        applications=options["application"],
        notify=options["notify"],
        at=at,
    )
    return str(message.pk)


def _complaint(
    error: InvalidMessage | UnknownApplication | RemoteFailure, user: str, *, written: int
) -> str:
    if isinstance(error, UnknownApplication):
        text = f"No such application: {error}"
    elif isinstance(error, RemoteFailure):
        text = f"The PowerAuth Server cannot be asked for applications: {error}"
    else:
        text = "; ".join(f"{each.field}: {each.hint}" for each in error.violations)
    return f"{text} (user {user!r}; messages written before: {written})" if written else text
