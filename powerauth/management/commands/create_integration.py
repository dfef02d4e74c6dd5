"""Make the credentials of a back end: integration-api.md 1.4."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from powerauth.engine import integrations
from powerauth.errors import EngineRefusal


class Command(BaseCommand):
    """Create an integration and print its credentials, of which only a hash is kept."""

    help = "Creates the credentials of a back end; the secret is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the back end is called, 1 to 255 characters")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new = integrations.create(options["name"])
        except EngineRefusal as error:
            raise CommandError("The name must have 1 to 255 characters.") from error
        self.stdout.write(f"clientToken: {new.integration.client_token}")
        self.stdout.write(f"clientSecret: {new.client_secret}")
