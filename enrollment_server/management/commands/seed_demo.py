"""Put the demo bank into the database, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enrollment_server.demo import seed
from enrollment_server.demo.admin_login import USER_NAME, ensure_admin
from enrollment_server.serving.record_guard import refuse_mixed_records
from enrollment_server.serving.startup import StartupBlocked, startup_lock


class Command(BaseCommand):
    help = "Seed the demo bank: application, templates, pending operations, admin. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-admin", dest="admin", action="store_false", help="create no admin login"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with startup_lock():
                refuse_mixed_records()
                new = seed.seed(at=timezone.now())
                login = ensure_admin() if options["admin"] else None
        except StartupBlocked as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo bank is seeded." if new else "The demo bank was there already.")
        if login is not None:
            password = login.password or "as changed"
            self.stdout.write(f"Admin login: user {USER_NAME}, password {password}")
