"""Encrypt all stored secrets anew under the current master key."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations.models import Operation
from operations.proximity import RECORD
from powerauth.engine.rotation import BATCH_SIZE, SEALED_COLUMNS, SealedColumn, rotate
from staff import second_factor
from staff.models import SecondFactor

COLUMNS = (
    *SEALED_COLUMNS,
    SealedColumn(
        model=Operation,
        column="proximity_seed",
        context=lambda identifier: (RECORD, str(identifier)),
    ),
    SealedColumn(
        model=SecondFactor,
        column="secret",
        context=lambda user_id: (second_factor.RECORD, str(user_id)),
        identified_by=("user_id",),
    ),
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
        left = 0
        for column in COLUMNS:
            done = rotate(column, batch_size=options["batch_size"])
            left += done.unreadable + done.changed_meanwhile
            self.stdout.write(
                f"{column.model._meta.label}.{column.column}: {done.rotated} encrypted anew, "
                f"{done.current} were current, {done.changed_meanwhile} changed meanwhile, "
                f"{done.unreadable} unreadable"
            )
        if left:
            raise CommandError(
                f"{left} records are not known to be under the current key: run this again, and "
                "keep the previous keys until nothing is left."
            )
