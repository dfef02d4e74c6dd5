"""Housekeeping by hand or by a scheduler; the worker does the same on its schedule."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from enrollment_server.worker.housekeeping import prune


class Command(BaseCommand):
    help = (
        "End expired activations and operations, and delete used values, temporary keys and "
        "finished callbacks after their time. Safe anywhere, any number of times."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, rows in prune(at=timezone.now()).items():
            self.stdout.write(f"{name}: {rows}")
