"""Take away the second factor of somebody who has lost it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from enrollment_server.staff.management.accounts import record, user_named
from enrollment_server.staff.models import SecondFactor


class Command(BaseCommand):
    """Let a user set up a new app for codes at the next login."""

    help = "Takes away the second factor of a user, who sets up another at the next login."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="name of the user")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = user_named(options["user"])
        SecondFactor.objects.filter(user=user).delete()
        record(
            "reset_second_factor", str(user.pk), {"user": user.get_username(), "change": "removed"}
        )
        self.stdout.write(f"{user.get_username()} sets up a new second factor at the next login.")
