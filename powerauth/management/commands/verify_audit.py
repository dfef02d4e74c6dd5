"""`manage.py verify_audit`: prove that nobody has changed the audit log."""

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from powerauth.engine.audit.audit_chain import START, Anchor, BrokenChain, verify

_HASH = re.compile(r"[0-9a-f]{64}")


class Command(BaseCommand):
    """Ends with status 1 at the first broken link; the server may run meanwhile."""

    help = (
        "Verifies the chain of the audit log, and prints its end. Note that where nobody who can "
        "write to the database can write: with --since and --hash it proves that everything up "
        "to it is still what it was, even if somebody has rebuilt the whole chain."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=int, metavar="NUMBER", help="the number of the record that was noted"
        )
        parser.add_argument("--hash", metavar="HASH", help="the hash that was noted with it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verified = verify(since=_anchor(options["since"], options["hash"]))
        except BrokenChain as broken:
            raise CommandError(f"The audit log is broken: {broken}") from broken
        self.stdout.write(f"Verified records: {verified.count}")
        self.stdout.write(f"Head: {verified.sequence} {verified.hash or '-'}")


def _anchor(sequence: int | None, noted: str | None) -> Anchor:
    if sequence is None and noted is None:
        return START
    if sequence is None or noted is None or sequence < 1 or not _HASH.fullmatch(noted):
        raise CommandError(
            "Give both --since, a number from 1 on, and --hash, 64 hexadecimal digits."
        )
    return Anchor(sequence=sequence, hash=noted)
