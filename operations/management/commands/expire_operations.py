"""`manage.py expire_operations`: mark operations whose time to decide is over."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from operations.decisions import expiry


class Command(BaseCommand):
    """Run it every few seconds, on as many machines as you like."""

    help = "Marks pending operations as expired whose time is over."

    def handle(self, *args: Any, **options: Any) -> None:
        count = expiry.expire(at=timezone.now())
        self.stdout.write(f"Expired operations: {count}")
