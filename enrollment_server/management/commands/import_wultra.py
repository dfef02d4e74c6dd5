"""`manage.py import_wultra --powerauth-db URL`: move a bank here from Wultra's Java servers."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from enrollment_server.progress import Progress
from enrollment_server.wultra.encrypted import MasterKeyUnusable, master_key
from enrollment_server.wultra.facts import Facts
from enrollment_server.wultra.importing import Sources, check_all, import_all
from enrollment_server.wultra.report import Report
from enrollment_server.wultra.source import Source, SourceUnusable
from enrollment_server.wultra.table import Run
from powerauth.engine.storage import record_survey

LARGEST_BATCH = 10_000  # rows


class Command(BaseCommand):
    """Nobody is called because of it, and a further run takes what is new there."""

    help = (
        "Takes applications, activations with their keys and counters, operations, devices and "
        "messages from the PostgreSQL databases of PowerAuth Server, Enrollment Server and Push "
        "Server 1.7 to 1.10, which are only read. It can be repeated and goes on after an "
        "interruption; see docs/moving-from-wultra.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--powerauth-db", required=True, metavar="URL", help="postgres://… of PowerAuth Server"
        )
        parser.add_argument(
            "--enrollment-db", metavar="URL", help="of Enrollment Server, for form templates"
        )
        parser.add_argument(
            "--push-db", metavar="URL", help="of Push Server, for devices and messages"
        )
        parser.add_argument(
            "--master-key-file",
            metavar="FILE",
            type=Path,
            help="holds the database encryption key of the Java server, in Base64",
        )
        parser.add_argument(
            "--time-zone",
            metavar="ZONE",
            default="UTC",
            help="time zone of the Java servers, such as Europe/Prague (UTC)",
        )
        parser.add_argument(
            "--batch",
            metavar="N",
            type=int,
            default=1000,
            help=f"rows that one transaction takes, 1 to {LARGEST_BATCH} (1000)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would be taken, and write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        batch = options["batch"]
        if not 1 <= batch <= LARGEST_BATCH:
            raise CommandError(f"--batch must be between 1 and {LARGEST_BATCH}.")
        if conflict := record_survey.conflict():
            raise CommandError(conflict)
        try:
            facts = Facts(
                zone=_zone(options["time_zone"]),
                key=master_key(options["master_key_file"]),
                at=timezone.now(),
            )
            with ExitStack() as opened:
                sources = _sources(options, opened)
                run = Run(
                    facts=facts, engine=sources.engine, batch=batch, dry_run=options["dry_run"]
                )
                check_all(sources, run)
                report = self._import(sources, run)
        except (SourceUnusable, MasterKeyUnusable) as error:
            raise CommandError(str(error)) from error
        self._tell(report, dry_run=run.dry_run)

    def _import(self, sources: Sources, run: Run) -> Report:
        def telling(what: str, total: int) -> Progress:
            return Progress(what, total, stream=self.stderr)

        try:
            return import_all(sources, run, telling=telling)
        except SourceUnusable as error:
            raise CommandError(
                f"{error}. What was taken stays: run this again to go on."
            ) from error

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        if dry_run:
            self.stdout.write("Nothing was written. This is what would be done:")
        for tally in report.tallies:
            for line in tally.lines():
                self.stdout.write(line)
        for note in report.notes:
            self.stdout.write(note)
        for tally in report.tallies:
            for complaint in tally.complaints():
                self.stderr.write(self.style.ERROR(complaint))
        if report.left_out:
            raise CommandError(f"Left out: {report.left_out}, each named above with its reason.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise CommandError(f"--time-zone: there is no zone {name!r}.") from error


def _sources(options: dict[str, Any], opened: ExitStack) -> Sources:
    def source(option: str) -> Source | None:
        url = options[option]
        if url is None:
            return None
        return opened.enter_context(Source(url, option=f"--{option.replace('_', '-')}"))

    engine = source("powerauth_db")
    if engine is None:
        raise CommandError("--powerauth-db is missing.")
    return Sources(engine=engine, forms=source("enrollment_db"), push=source("push_db"))
