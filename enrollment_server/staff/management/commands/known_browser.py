"""Let somebody log in with a new browser while strangers guess the account's password."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from enrollment_server.staff import audited
from enrollment_server.staff.login import known_browser
from powerauth.engine.audit import audit_log
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.models import ActorKind


class Command(BaseCommand):
    """Print the path of a page that makes the browser which opens it a known one of a user."""

    help = "Prints a path, valid for 10 minutes, that makes a browser a known one of a user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="name of the user")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']}.")
        change = Change(
            action="command/known_browser",
            object_type=audited.USER,
            object_id=str(user.pk),
            after={"user": user.get_username()},
        )
        audit_log.append(Actor(kind=ActorKind.SYSTEM), [change], at=timezone.now())
        page = settings.CONTEXT_PATH.rstrip("/") + reverse("admin:known_browser")
        self.stdout.write(f"{page}?invitation={known_browser.invitation(user)}")
