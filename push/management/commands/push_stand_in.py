"""`manage.py push_stand_in`: Apple, Google and Huawei on this machine, in the foreground."""

import asyncio
import signal
import tempfile
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from push.credentials.trial import HasOthers, try_with
from push.stand_in import accounts
from push.stand_in.accounts import FILE, Accounts
from push.stand_in.screens import line
from push.stand_in.server import StandIn

SETTINGS_FILE = "settings.env"
_LOOK_S = 0.2


class Command(BaseCommand):
    help = (
        "Stand in for Apple, Google and Huawei on this machine, until a signal ends it. Prints the "
        "settings by which a server sends there; what came is shown by "
        "GET FCM_URL/stand-in/messages."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder",
            type=Path,
            help="where certificates are written, and the credentials are kept that it takes; "
            "a temporary one without it",
        )
        parser.add_argument(
            "--port", type=int, default=0, help="first of three ports; any free ones without it"
        )
        parser.add_argument(
            "--application",
            metavar="ID",
            help="give an application of the database the credentials that it takes, unless it has "
            "others",
        )
        parser.add_argument(
            "--show", action="store_true", help="print what the phones show as it arrives"
        )
        parser.add_argument(
            "--latency", type=float, default=0, metavar="MS", help="milliseconds before an answer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["folder"]
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._stand_in(folder.resolve(), options)
            return
        with tempfile.TemporaryDirectory(prefix="push-stand-in-") as temporary:
            self._stand_in(Path(temporary), options)

    def _stand_in(self, folder: Path, options: Mapping[str, Any]) -> None:
        if options["application"]:
            try:
                self._introduce(accounts.kept(folder), options["application"])
            except HasOthers as error:
                raise CommandError("The application has credentials of its own.") from error
            except DatabaseError as error:
                raise CommandError(
                    "The database has no tables yet: start a server first, or `migrate`."
                ) from error
        asyncio.run(self._serve(folder, options))

    def _introduce(self, known: Accounts, application_id: str) -> None:
        try_with(application_id, (known.apns, known.fcm, known.hms), at=timezone.now())

    async def _serve(self, folder: Path, options: Mapping[str, Any]) -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        stand_in = StandIn(accounts.kept(folder), folder, first_port=options["port"])
        stand_in.desks.latency_s = options["latency"] / 1000
        try:
            await stand_in.start()
        except OSError as error:
            raise CommandError(f"The ports cannot be used: {error.strerror}") from error
        self._tell(stand_in, folder)
        showing = asyncio.create_task(self._show(stand_in)) if options["show"] else None
        await stopped.wait()
        if showing is not None:
            showing.cancel()
        await stand_in.stop()

    def _tell(self, stand_in: StandIn, folder: Path) -> None:
        lines = [f"{name}={value}\n" for name, value in stand_in.environment().items()]
        (folder / SETTINGS_FILE).write_text("".join(lines))
        self.stdout.writelines(lines)
        self.stdout.write(f"# The same is in {folder / SETTINGS_FILE}")
        self.stdout.write(f"# Credentials that it takes: {folder / FILE}")
        self.stdout.flush()

    async def _show(self, stand_in: StandIn) -> None:
        seen = 0
        while True:
            for received in stand_in.desks.mailbox.look(after=seen):
                seen = received.number
                self.stdout.write(line(received))
            self.stdout.flush()
            await asyncio.sleep(_LOOK_S)
