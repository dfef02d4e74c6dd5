"""Give each application the master keys of protocol 4.0: protocol-4.md 19.1."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from powerauth.engine.applications import key_completion, master_keys
from powerauth.protocol.v4.suites import SUITES, available_suites


class Command(BaseCommand):
    """Add what is lacking, one application at a time; what there is stays what it is."""

    help = (
        "Gives applications of former versions the master keys that phones of protocol 4.0 need. "
        "Safe to repeat and to run beside live servers, also of the former version."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for application_id in master_keys.incomplete():
            added = key_completion.complete(application_id, at=timezone.now())
            if added:
                self.stdout.write(f"{application_id}: added {', '.join(added)}")
        if len(available_suites()) < len(SUITES):
            self.stderr.write(
                "The cryptographic library here lacks ML-KEM or ML-DSA: their keys were not made."
            )
        self.stdout.write("Every application has the master keys that can be made here.")
