"""Take the pictures that the documentation shows."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.browser import pictures, story
from enrollment_server.browser.bank import own_bank
from enrollment_server.browser.chromium import chromium, is_installed
from enrollment_server.browser.office import Office
from enrollment_server.demo.own_server import ServerFailed


class Command(BaseCommand):
    help = "Start a demo bank of its own, and store pictures of its back office. Needs Chromium."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder",
            type=Path,
            default=Path(settings.BASE_DIR) / "docs" / "screenshots",
            help="where the PNG files go; docs/screenshots by default",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_installed():
            raise CommandError("Install chromium and chromedriver (Debian: chromium-driver) first.")
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with own_bank() as bank, chromium() as driver:
                operation_id = story.play(bank)
                office = Office(driver=driver, base_url=bank.url)
                names = pictures.take(office, bank, operation_id, folder)
        except ServerFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(names)} pictures in {folder}: {', '.join(names)}")
