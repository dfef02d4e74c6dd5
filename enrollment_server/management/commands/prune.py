"""Housekeeping by hand or by a scheduler; the worker does the same on its schedule."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from enrollment_server.progress import Progress
from enrollment_server.worker.housekeeping import TASKS
from powerauth.engine import batches


class Command(BaseCommand):
    help = (
        "End expired activations and operations, and delete used values, temporary keys, finished "
        "callbacks and old records after their time. Safe anywhere, any number of times."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        for name, task in TASKS.items():
            with (
                Progress(name, None, stream=self.stderr) as progress,
                batches.telling(progress.advance),
            ):
                rows = task(at)
            self.stdout.write(f"{name}: {rows}")
