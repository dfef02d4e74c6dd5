"""Measure how fast one worker sends push messages: docs/performance.md."""

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.bench import push_sending
from enrollment_server.bench.database import NoDatabase, postgresql

PLATFORMS = ("apns", "fcm", "hms")
_MANAGE = str(settings.BASE_DIR / "manage.py")
_FOLDER = "--within"


class Command(BaseCommand):
    help = (
        "Send push messages to a stand-in on this machine, by one worker on a PostgreSQL of its "
        "own, and tell how long it takes."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--messages", type=int, default=10_000)
        parser.add_argument("--latency", type=float, default=50, metavar="MS", help="of a provider")
        parser.add_argument("--platform", choices=PLATFORMS, help="one of them; all by default")
        parser.add_argument(_FOLDER, type=Path, help="of a stand-in that runs: the worker's part")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["within"] is not None:
            self._work(options["within"], options["platform"], options["messages"])
            return
        try:
            for platform in [options["platform"]] if options["platform"] else PLATFORMS:
                self._measure(platform, options)
        except NoDatabase as error:
            raise CommandError(str(error)) from error

    def _measure(self, platform: str, options: Mapping[str, Any]) -> None:
        with (
            tempfile.TemporaryDirectory(prefix="bench-push-") as folder,
            postgresql("") as database,
            _stand_in(folder, options["latency"]) as addresses,
        ):
            environment = {**os.environ, **addresses, "DATABASE_URL": database.create("push")}
            work = (_FOLDER, folder, "--platform", platform, "--messages", options["messages"])
            done = subprocess.run(  # noqa: S603
                [sys.executable, _MANAGE, "bench_push", *map(str, work)],
                env=environment,
                check=False,
            )
            if done.returncode:
                raise CommandError("The worker has failed.")

    def _work(self, folder: Path, platform: str, messages: int) -> None:
        call_command("migrate", verbosity=0)
        push_sending.prepare(folder, platform, messages)
        found = push_sending.run()
        if found.sent != messages:
            raise CommandError(f"Only {found.sent} of {messages} messages were sent.")
        self.stdout.write(
            f"{platform}: {found.sent} messages in {found.wall_s:.1f} s, "
            f"{found.sent / found.wall_s:.0f}/s; CPU of the worker {found.cpu_s:.1f} s, "
            f"{1000 * found.cpu_s / found.sent:.2f} ms a message; "
            f"{found.statements} statements, {found.statements / found.sent:.2f} a message"
        )


@contextmanager
def _stand_in(folder: str, latency_ms: float) -> Iterator[Mapping[str, str]]:
    """Run a stand-in of the providers; give the settings by which a server sends there."""
    command = ["push_stand_in", "--folder", folder, "--latency", str(latency_ms)]
    with subprocess.Popen(  # noqa: S603
        [sys.executable, _MANAGE, *command], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield dict(_told(process))
        finally:
            process.terminate()


def _told(process: "subprocess.Popen[str]") -> Iterator[tuple[str, str]]:
    for line in process.stdout or ():
        if line.startswith("#"):
            return
        name, _, value = line.strip().partition("=")
        yield name, value
    raise CommandError("The stand-in did not start.")
