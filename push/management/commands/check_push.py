"""`manage.py check_push`: whether Apple, Google and Huawei take our credentials."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from push.credentials.probing import Probe, probe
from push.models import PushAppCredentials
from push.providers.values import Outcome

_SAYS = {Outcome.SENT: "taken", Outcome.FAILED: "refused", Outcome.PENDING: "not known"}


class Command(BaseCommand):
    help = (
        "Ask the push providers whether they take the credentials of applications. No device "
        "gets anything. Ends with an error unless all of them are taken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("application", nargs="*", help="application; all without any")

    def handle(self, *args: Any, **options: Any) -> None:
        bad = 0
        rows = _rows(options["application"])
        if not rows:
            self.stdout.write("No application has credentials here.")
        for row in rows:
            try:
                probes = probe(row, at=timezone.now())
            except OSError as error:
                raise CommandError(f"PUSH_CA_FILE cannot be used: {error.strerror}") from error
            for each in probes:
                self.stdout.write(f"{row.application_id} {_line(each)}")
                bad += each.result.outcome is not Outcome.SENT
        if bad:
            raise CommandError(f"Credentials that are not taken, as far as is known: {bad}")


def _rows(names: Sequence[str]) -> list[PushAppCredentials]:
    rows = PushAppCredentials.objects.order_by("application_id")
    if not names:
        return list(rows)
    found = list(rows.filter(application_id__in=names))
    missing = sorted(set(names) - {row.application_id for row in found})
    if missing:
        raise CommandError(f"No credentials for: {', '.join(missing)}")
    return found


def _line(each: Probe) -> str:
    where = f"{each.platform.value} {each.environment}".strip()
    reason = f" ({each.result.reason})" if each.result.reason else ""
    return f"{where}: {_SAYS[each.result.outcome]}{reason}"
