"""Let somebody log in again who has failed too often."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from enrollment_server.staff import audited
from enrollment_server.staff.guessing import throttle
from enrollment_server.staff.models import FailedLogins
from powerauth.engine.audit import audit_log
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.models import ActorKind


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
            user = User.objects.filter(username=options["user"]).first()
            if user is None:
                raise CommandError(f"There is no user {options['user']}.")
            object_id, count = str(user.pk), throttle.unlock(user)
        else:
            rows = FailedLogins.objects.all()
            if options["address"]:
                rows = rows.filter(address=options["address"])
            count, _ = rows.delete()
        address = {"address": options["address"]} if options["address"] else {}
        change = Change(
            action="command/unlock_staff",
            object_type=audited.USER,
            object_id=object_id,
            after={"counters": count, **address},
        )
        audit_log.append(Actor(kind=ActorKind.SYSTEM), [change], at=timezone.now())
        self.stdout.write(f"Failed logins forgotten: {count}")
