"""Encrypt all stored secrets anew under the current master key."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.progress import Progress
from enrollment_server.staff.models import SecondFactor
from enrollment_server.staff.second_factor import codes as second_factor
from operations.decisions.proximity import PLACE
from operations.models import Operation
from powerauth.engine.storage.rotation import (
    BATCH_SIZE,
    SEALED_COLUMNS,
    SealedColumn,
    count,
    rotate,
)
from push.credentials import places as push

COLUMNS = (
    *SEALED_COLUMNS,
    SealedColumn(
        model=Operation,
        column="proximity_seed",
        place=PLACE,
    ),
    SealedColumn(
        model=SecondFactor,
        column="secret",
        place=second_factor.PLACE,
        identified_by=("user_id",),
    ),
    *push.SEALED_COLUMNS,
)


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret under MASTER_DB_ENCRYPTION_KEY. Older keys are read from "
        "MASTER_DB_ENCRYPTION_KEYS_PREVIOUS. Safe to repeat and to run beside live servers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--batch-size", type=int, default=BATCH_SIZE, help="rows that are read at a time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MASTER_DB_ENCRYPTION_KEY:
            raise CommandError("MASTER_DB_ENCRYPTION_KEY is not set: there is no key to rotate to.")
        if options["batch_size"] < 1:
            raise CommandError("--batch-size must be at least 1.")
        left = plain = 0
        for column in COLUMNS:
            name = f"{column.model._meta.label}.{column.column}"
            with Progress(name, count(column), stream=self.stderr) as progress:
                done = rotate(column, batch_size=options["batch_size"], told=progress.advance)
            left += done.unreadable + done.changed_meanwhile
            plain += done.plain
            self.stdout.write(
                f"{name}: {done.rotated} encrypted anew, {done.current} were current, "
                f"{done.changed_meanwhile} changed meanwhile, {done.unreadable} unreadable, "
                f"{done.plain} plain"
            )
        if plain:
            raise CommandError(
                f"{plain} records are not encrypted and were not read: set "
                "MASTER_DB_ENCRYPTION_READ_PLAIN=true and run this again."
            )
        if left:
            raise CommandError(
                f"{left} records are not known to be under the current key: run this again, and "
                "keep the previous keys until nothing is left."
            )
