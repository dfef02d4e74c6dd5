"""``manage.py phone``: a software phone on the command line."""

from argparse import Namespace
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from enrollment_server.serving.listening import local_url
from powerauth.phone.commands import command_line


class Command(BaseCommand):
    """A phone in a file; it reaches the server over HTTP only."""

    help = "Play a mobile phone: activate it, look at operations, approve and reject them."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the subcommands and their options."""
        here = local_url(settings.HOST, settings.PORT, settings.CONTEXT_PATH)
        command_line.add_arguments(parser, here=here, chosen=settings.ADDRESS_IS_CHOSEN)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and show what came of it."""
        try:
            self.stdout.write(command_line.run(Namespace(**options), getpass))
        except command_line.Problem as problem:
            raise CommandError(str(problem)) from problem
