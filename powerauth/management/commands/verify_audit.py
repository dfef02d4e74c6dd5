"""`manage.py verify_audit`: prove that nobody has changed the audit log."""

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from powerauth.engine.audit import ties
from powerauth.engine.audit.audit_chain import START, Anchor, verify
from powerauth.engine.audit.broken import BrokenChain
from powerauth.engine.audit.tie_proof import TieAnchor

_HASH = re.compile(r"[0-9a-f]{64}")


class Command(BaseCommand):
    """Ends with status 1 at the first broken link; the server may run meanwhile."""

    help = (
        "Verifies the chains of the audit log and the ties between them, and prints where they "
        "end. Note the tie where nobody who can write to the database can write: given with "
        "--since-tie and --hash, it has to be there still, with all the records that it names, "
        "and what came after it is verified. Together with a run without them it proves that "
        "everything up to it is what it was, even if somebody has rebuilt all chains."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        since = parser.add_mutually_exclusive_group()
        since.add_argument(
            "--since-tie", type=int, metavar="NUMBER", help="the number of the tie that was noted"
        )
        since.add_argument(
            "--since", type=int, metavar="NUMBER", help="the number of the record that was noted"
        )
        parser.add_argument("--hash", metavar="HASH", help="the hash that was noted with it")
        parser.add_argument(
            "--tie",
            action="store_true",
            help="write a tie before, as the worker does, so that the printed one covers all",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        since = _noted(options["since"], options["since_tie"], options["hash"])
        if options["tie"]:
            ties.tie(at=timezone.now())
        try:
            verified = verify(since=since)
        except BrokenChain as broken:
            raise CommandError(f"The audit log is broken: {broken}") from broken
        self.stdout.write(f"Verified records: {verified.count}")
        self.stdout.write(f"Verified ties: {verified.ties}")
        for end in verified.ends.values() or [START]:
            self.stdout.write(f"Head: {end.sequence} {end.hash or '-'}")
        self.stdout.write(f"Tie: {verified.tie.number} {verified.tie.hash or '-'}")


def _noted(record: int | None, tie: int | None, noted: str | None) -> Anchor | TieAnchor:
    number = record if tie is None else tie
    if number is None and noted is None:
        return START
    if number is None or noted is None or number < 1 or not _HASH.fullmatch(noted):
        raise CommandError(
            "Give --hash, 64 hexadecimal digits, with --since or --since-tie, a number from 1 on."
        )
    if tie is None:
        return Anchor(sequence=number, hash=noted)
    return TieAnchor(number=number, hash=noted)
