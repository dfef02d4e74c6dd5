"""`manage.py write_message`: a message to one user, from a shell or a script of the bank."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from inbox.errors import InvalidMessage, UnknownApplication
from inbox.models import MessageType
from inbox.services import create_message


class Command(BaseCommand):
    """The user's apps show the message with their next look into the inbox; no push is sent."""

    help = "Writes a message to a user's inbox, and prints its identifier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="identifier of the user")
        parser.add_argument(
            "--application",
            action="append",
            required=True,
            help="application that shows the message; may be repeated",
        )
        parser.add_argument("--subject", required=True)
        parser.add_argument("--summary", required=True, help="what the list shows of it")
        parser.add_argument("--body", required=True)
        parser.add_argument("--type", choices=MessageType.values, default=MessageType.TEXT.value)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            message = create_message(
                user_id=options["user"],
                type=options["type"],
                subject=options["subject"],
                summary=options["summary"],
                body=options["body"],
                applications=options["application"],
                at=timezone.now(),
            )
        except InvalidMessage as error:
            complaints = "; ".join(f"{each.field}: {each.hint}" for each in error.violations)
            raise CommandError(complaints) from error
        except UnknownApplication as error:
            raise CommandError(f"No such application: {error}") from error
        self.stdout.write(str(message.pk))
