"""`manage.py import_form_templates FILE.json`: what phones show of operations, from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from enrollment_server.progress import Progress
from operations.templates.templates_import import UnusableImport, import_form_templates


class Command(BaseCommand):
    """A running server shows the new texts with its next answer."""

    help = (
        "Creates or replaces form templates from a JSON list of objects with placeholder, "
        "language, title, message, attributes, ui and result_texts; all of them or none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the JSON file")
        parser.add_argument(
            "--strict",
            action="store_true",
            help="refuse JSON that no phone can be shown, instead of warning of it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
            with Progress("form templates", None, stream=self.stderr) as progress:
                imported = import_form_templates(
                    content, strict=options["strict"], told=progress.advance
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except UnusableImport as error:
            raise CommandError(f"{path}: {error}. Nothing was imported.") from error
        for warning in imported.warnings:
            self.stderr.write(self.style.WARNING(f"Warning: {warning}"))
        self.stdout.write(f"Imported form templates: {imported.count}")
