"""Measure the hot paths, next to the floor of this machine: docs/performance.md."""

import json
import os
import platform
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.bench import compiler, report
from enrollment_server.bench.bank import CONNECTIONS
from enrollment_server.bench.database import NoDatabase, Postgresql, postgresql
from enrollment_server.bench.load import LoadFailed
from enrollment_server.bench.measuring import Subject
from enrollment_server.bench.processes import model
from enrollment_server.bench.results import Measurements
from enrollment_server.bench.revisions import (
    UnknownRevision,
    checked_out,
    commit_of,
    present_beside,
)
from enrollment_server.bench.rows.table import (
    USUAL_OF_GENERATIONS,
    USUAL_OF_PHONES,
    UnknownRow,
    selected,
)
from enrollment_server.bench.signing import Signers
from enrollment_server.bench.subjects import EMBEDDED, IN_FRONT, Ground, in_turn
from enrollment_server.demo.own_server import ServerFailed

_COMPARISONS = ("front", "compare", "generations")
_FAILURES = (LoadFailed, NoDatabase, ServerFailed, UnknownRevision, UnknownRow)


class Command(BaseCommand):
    help = "Measure the hot paths over loopback, on a PostgreSQL of its own or on DATABASE_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", default="", help="such as list,authorize; all by default")
        parser.add_argument("--seconds", type=float, default=10.0, help="of load a row")
        parser.add_argument("--repeat", type=int, metavar="N", help="print medians of so many runs")
        parser.add_argument("--compare", metavar="REV", help="measure this revision, too, in turn")
        parser.add_argument(
            "--front",
            action="store_true",
            help="measure also a server in front of another one, in turn",
        )
        parser.add_argument(
            "--generations",
            action="store_true",
            help="measure phones of protocol 3.3 and, in each suite, of 4.0 on one server, in turn",
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")

    def handle(self, *args: Any, **options: Any) -> None:
        # In turns A, B, B, A: what else the machine does changes by the minute.
        repeat = options["repeat"]
        if repeat is None:
            repeat = 2 if any(options[name] for name in _COMPARISONS) else 1
        if repeat < 1 or options["seconds"] < 1:
            raise CommandError("--repeat and --seconds are at least 1.")
        try:
            rows = selected(options["rows"] or _usual(options))
            before = _commit(options)
            with ExitStack() as stack:
                self._measure(stack, rows, repeat, before, options)
        except _FAILURES as error:
            raise CommandError(str(error)) from error

    def _measure(
        self,
        stack: ExitStack,
        rows: list[str],
        repeat: int,
        before: str | None,
        options: dict[str, Any],
    ) -> None:
        seconds = options["seconds"]
        generator = compiler.generator_or_twin(
            Path(settings.BASE_DIR) / "var" / "bench",
            warn=lambda text: self.stderr.write(self.style.WARNING(text)),
        )
        database = stack.enter_context(postgresql(os.environ.get("DATABASE_URL", "")))
        machine = _machine(database, generator)
        self.stdout.write(", ".join(str(value) for value in machine.values()) + "\n")
        signers = stack.enter_context(Signers())
        ground = Ground(stack=stack, database=database, signers=signers, generator=generator)
        subjects = _subjects(ground, before, options)
        measured = self._all(subjects, rows, repeat=repeat, seconds=seconds)
        self.stdout.write(f"\n{report.table(measured)}\n")
        if before is not None:
            labels = {"before": before, "after": subjects[-1].label}
            self.stdout.write(f"\n{report.ratios(measured, **labels)}\n")
        if options["front"]:
            self.stdout.write(f"\n{report.added(measured, alone=EMBEDDED, in_front=IN_FRONT)}\n")
        if options["generations"]:
            first, *others = (subject.label for subject in subjects)
            for other in others:
                self.stdout.write(f"\n{report.ratios(measured, before=first, after=other)}\n")
        for remark in report.remarks(measured, seconds=seconds):
            self.stdout.write(remark)
        if options["json"]:
            document = report.document(machine, measured, seconds=seconds)
            options["json"].write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    def _all(
        self, subjects: Sequence[Subject], rows: Sequence[str], *, repeat: int, seconds: float
    ) -> list[Measurements]:
        measured = {
            (row, subject.label): Measurements(row=row, label=subject.label, runs=[])
            for row in rows
            for subject in subjects
        }
        for turn in range(repeat):
            for row in rows:
                for subject in in_turn(subjects, turn):
                    result = subject.measure(row, seconds=seconds)
                    measured[row, subject.label].runs.append(result)
                    said = f"{row} [{subject.label}] {turn + 1}/{repeat}: {result.per_second:.0f}/s"
                    self.stderr.write(f"{said}, foreign {result.foreign:.0%}")
        return list(measured.values())


def _usual(options: dict[str, Any]) -> str:
    if options["generations"]:
        return USUAL_OF_GENERATIONS
    return USUAL_OF_PHONES if options["front"] else ""


def _commit(options: dict[str, Any]) -> str | None:
    """Give the commit to compare with.

    Raises:
        CommandError: two comparisons, or two servers that cannot share one database.
    """
    chosen = [name for name in _COMPARISONS if options[name] not in (None, False)]
    if len(chosen) > 1:
        raise CommandError(f"{' and '.join(f'--{name}' for name in chosen)}: choose one.")
    if options["generations"] or not chosen:
        return None
    if os.environ.get("DATABASE_URL"):
        raise CommandError(f"--{chosen[0]} makes databases of its own: unset DATABASE_URL.")
    return None if options["front"] else commit_of(options["compare"])


def _machine(database: Postgresql, generator: Sequence[str]) -> dict[str, Any]:
    return {
        "processor": model(),
        "processors": f"{os.cpu_count()} CPUs",
        "system": platform.release(),
        "python": f"Python {platform.python_version()}",
        "postgresql": f"PostgreSQL {database.version()}",
        "server": f"{settings.WEB_PROCESSES} processes x {settings.WEB_THREADS} threads",
        "connections": f"{CONNECTIONS} connections",
        "generator": "generator in Python" if sys.executable in generator else "generator in C",
    }


def _subjects(ground: Ground, before: str | None, options: dict[str, Any]) -> list[Subject]:
    """Start what is measured, in the order of its turns."""
    here = Path(settings.BASE_DIR)
    if options["generations"]:
        return ground.generations()
    if options["front"]:
        return [ground.alone(EMBEDDED, here), ground.in_front()]
    subjects = []
    if before is not None:
        root = ground.stack.enter_context(checked_out(before))
        subjects.append(ground.alone(before, root))
    return [*subjects, ground.alone(present_beside(before), here)]
