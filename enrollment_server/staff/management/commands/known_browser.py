"""Let somebody log in with a new browser while strangers guess the account's password."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.urls import reverse

from enrollment_server.staff.login import known_browser
from enrollment_server.staff.management.accounts import record, user_named


class Command(BaseCommand):
    """Print the path of a page that makes the browser which opens it a known one of a user."""

    help = "Prints a path, valid for 10 minutes, that makes a browser a known one of a user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="name of the user")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = user_named(options["user"])
        record("known_browser", str(user.pk), {"user": user.get_username()})
        page = settings.CONTEXT_PATH.rstrip("/") + reverse("admin:known_browser")
        self.stdout.write(f"{page}?invitation={known_browser.invitation(user)}")
