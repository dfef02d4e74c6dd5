"""Take away the second factor of somebody who has lost it."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from enrollment_server.staff import audited
from enrollment_server.staff.models import SecondFactor
from powerauth.engine.audit import audit_log
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.models import ActorKind


class Command(BaseCommand):
    """Let a user set up a new app for codes at the next login."""

    help = "Takes away the second factor of a user, who sets up another at the next login."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="name of the user")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']}.")
        SecondFactor.objects.filter(user=user).delete()
        change = Change(
            action="command/reset_second_factor",
            object_type=audited.USER,
            object_id=str(user.pk),
            after={"user": user.get_username(), "change": "removed"},
        )
        audit_log.append(Actor(kind=ActorKind.SYSTEM), [change], at=timezone.now())
        self.stdout.write(f"{user.get_username()} sets up a new second factor at the next login.")
