"""`manage.py error_table [--check]`: `docs/errors.md`, from the code."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.openapi import error_table


class Command(BaseCommand):
    """Needs no database."""

    help = "Writes docs/errors.md, the table of every error, from the code."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing, and fail unless the file is what the code gives",
        )
        parser.add_argument("--file", type=Path, default=settings.BASE_DIR / "docs" / "errors.md")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        text = error_table.markdown()
        if not options["check"]:
            file.write_text(text, encoding="utf-8")
            self.stdout.write(f"{file.name}: written.")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            raise CommandError(f"{file.name} is not what the code gives: run manage.py error_table")
        else:
            self.stdout.write(f"{file.name} is what the code gives.")
