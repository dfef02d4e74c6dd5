"""Make the credentials of a back end: integration-api.md 1.4."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from powerauth.engine.applications import integrations
from powerauth.engine.applications.integrations import NewIntegration
from powerauth.engine.audit import audit_log, audited
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.engine.audit.audited_kinds import INTEGRATION
from powerauth.errors import EngineRefusal
from powerauth.models import ActorKind


class Command(BaseCommand):
    """Create an integration and print its credentials, of which only a hash is kept."""

    help = "Creates the credentials of a back end; the secret is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the back end is called, 1 to 255 characters")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new = _create(options["name"])
        except EngineRefusal as error:
            raise CommandError("The name must have 1 to 255 characters.") from error
        self.stdout.write(f"clientToken: {new.integration.client_token}")
        self.stdout.write(f"clientSecret: {new.client_secret}")


@transaction.atomic
def _create(name: str) -> NewIntegration:
    new = integrations.create(name)
    object_id = str(new.integration.pk)
    made = audited.kind_named(INTEGRATION).snapshot([object_id], lock=False)
    before, after = audited.difference(None, made)
    change = Change(
        action="command/create_integration",
        object_type=INTEGRATION,
        object_id=object_id,
        before=before,
        after=after,
    )
    audit_log.append(Actor(kind=ActorKind.SYSTEM), [change], at=timezone.now())
    return new
