"""Let somebody log in again who has failed too often."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from enrollment_server.staff.guessing import throttle
from enrollment_server.staff.management.accounts import record, user_named
from enrollment_server.staff.models import FailedLogins


class Command(BaseCommand):
    """Forget the failed logins of an account, of an address, or of all."""

    help = "Forgets failed logins, so that nobody has to wait any more."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("user", nargs="?", help="name of the user")
        which.add_argument("--address", help="address of the client, as the admin shows it")
        which.add_argument("--all", action="store_true", help="all accounts and addresses")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        object_id = ""
        if options["user"]:
            user = user_named(options["user"])
            object_id, count = str(user.pk), throttle.unlock(user)
        else:
            rows = FailedLogins.objects.all()
            if options["address"]:
                rows = rows.filter(address=options["address"])
            count, _ = rows.delete()
        address = {"address": options["address"]} if options["address"] else {}
        record("unlock_staff", object_id, {"counters": count, **address})
        self.stdout.write(f"Failed logins forgotten: {count}")
