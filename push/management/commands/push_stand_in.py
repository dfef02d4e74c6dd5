"""`manage.py push_stand_in`: Apple, Google and Huawei on this machine, in the foreground."""

import asyncio
import signal
import tempfile
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from push.stand_in import accounts
from push.stand_in.accounts import FILE
from push.stand_in.server import StandIn


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
            "--latency", type=float, default=0, metavar="MS", help="milliseconds before an answer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["folder"]
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            asyncio.run(self._serve(folder, options))
            return
        with tempfile.TemporaryDirectory(prefix="push-stand-in-") as temporary:
            asyncio.run(self._serve(Path(temporary), options))

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
        await stopped.wait()
        await stand_in.stop()

    def _tell(self, stand_in: StandIn, folder: Path) -> None:
        for name, value in stand_in.environment().items():
            self.stdout.write(f"{name}={value}")
        self.stdout.write(f"# Credentials that it takes: {folder / FILE}")
        self.stdout.flush()
