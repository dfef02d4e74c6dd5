"""Measure the two hot paths, next to the floor of this machine."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from enrollment_server.bench.database import bench_database
from enrollment_server.bench.floor import raw_loops_per_second
from enrollment_server.bench.load import LoadRefused, Prepared, send
from enrollment_server.bench.report import Row, table
from enrollment_server.bench.statements import count_statements
from enrollment_server.bench.workload import Workload
from enrollment_server.demo.own_server import ServerFailed, own_server

PHONES = 8
LIMIT_S, FLOOR_LIMIT_S = 6.0, 2.0  # seconds of load a row
LIVEZ_EACH, LISTS_EACH, APPROVALS_EACH = 1000, 300, 60
PENDING_EACH = 3  # what a phone lists


class Command(BaseCommand):
    help = "Measure authorize (two factors) and the token list over loopback, in about 30 s."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--configured-database",
            action="store_true",
            help="measure on the configured database, not on a temporary one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["configured_database"] or os.environ.get("DATABASE_URL"):
            try:
                self._measure()
            except (LoadRefused, ServerFailed) as error:
                raise CommandError(str(error)) from error
            return
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "bench"]
        with bench_database() as environment:
            status = subprocess.run(  # noqa: S603
                command, env={**os.environ, **environment}, check=False
            ).returncode
        sys.exit(status)

    def _measure(self) -> None:
        with own_server({}, arguments=("--no-admin",)) as server:
            self.stdout.write(
                f"{connection.vendor}, {settings.WEB_PROCESSES} processes x "
                f"{settings.WEB_THREADS} threads, {PHONES} phones, {os.cpu_count()} CPUs"
            )
            self.stdout.flush()
            rows = _rows(server.url)
        loops = raw_loops_per_second(limit_s=1.0)
        self.stdout.write(f"\n{table(rows)}\n")
        self.stdout.write(
            f"\nRaw floor, one process without HTTP: {loops:.0f} x (SELECT 1 + HMAC) a second; "
            f"an approval takes {loops / rows[-1].measured.per_second:.0f} of them."
        )


def _rows(base_url: str) -> list[Row]:
    workload = Workload(base_url, phones=PHONES)
    workload.create_operations(PENDING_EACH)
    listed = _row("list by token", base_url, workload, workload.lists(LISTS_EACH))
    approvals = workload.approvals(workload.create_operations(APPROVALS_EACH))
    return [listed, _row("authorize, 2FA", base_url, workload, approvals)]


def _row(name: str, base_url: str, workload: Workload, queues: list[list[Prepared]]) -> Row:
    """Count the statements of the first request; measure the floor, then the other requests.

    The floor is measured each time anew: what else the machine does changes by the minute.
    """
    statements = count_statements(queues[0].pop(0), context_path=settings.CONTEXT_PATH)
    return Row(
        name=name,
        statements=statements,
        floor=send(base_url, workload.livez(LIVEZ_EACH), limit_s=FLOOR_LIMIT_S),
        measured=send(base_url, queues, limit_s=LIMIT_S),
    )
