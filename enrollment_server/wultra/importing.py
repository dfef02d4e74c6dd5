"""The whole import: what is checked before, taken in which order, and told at the end."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from django.utils import timezone

from enrollment_server.wultra import gone, not_taken, related, sampling, tables, taking, used_values
from enrollment_server.wultra.encrypted import MasterKeyUnusable, server_private_key
from enrollment_server.wultra.report import Report
from enrollment_server.wultra.source import Source, SourceUnusable
from enrollment_server.wultra.table import Run, Table, check
from enrollment_server.wultra.values import LeftOut
from powerauth.engine.applications import key_completion, master_keys
from powerauth.engine.audit import audit_log
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.models import ActorKind
from push.credentials import services as push_credentials

ACTION = "command/import_wultra"
_LATER: Final = "protocol = 'powerauth' AND version > 3"
_TRIED = 20  # encrypted activations, one of which has to open
_SOME_ENCRYPTED = """
    SELECT activation_id, user_id, server_private_key_base64, server_private_key_encryption,
        server_public_key_base64
    FROM pa_activation WHERE server_private_key_encryption <> 0 LIMIT %s
"""


class Advancing(Protocol):
    """What is told how many rows are done."""

    def advance(self, number: int = 1) -> None: ...


Telling = Callable[[str, int], AbstractContextManager[Advancing]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The databases, of which only the engine's has to be there."""

    engine: Source
    forms: Source | None = None
    push: Source | None = None


def check_all(sources: Sources, run: Run) -> None:
    """Find out before anything is written that a database or the key is not the right one.

    Raises:
        SourceUnusable: one of the databases is not what it should be.
        MasterKeyUnusable: there are encrypted records, and no key or another one.
    """
    check(sources.engine, (tables.APPLICATIONS, *tables.ENGINE), "PowerAuth Server")
    _check_line(sources.engine)
    if sources.forms:
        check(sources.forms, tables.FORMS, "Enrollment Server")
    if sources.push:
        check(sources.push, tables.PUSH, "Push Server")
    rows = sources.engine.rows(_SOME_ENCRYPTED, [_TRIED])
    if rows and not run.facts.key.is_set:
        raise MasterKeyUnusable("records there are encrypted: name the --master-key-file")
    for row in rows:
        try:
            server_private_key(row, run.facts.key)
        except LeftOut:
            continue
        return
    if rows:
        raise MasterKeyUnusable("the key of --master-key-file does not open the records there")


def _check_line(engine: Source) -> None:
    """Refuse a database of line 2.x that would be taken in part: its phones would be shut out."""
    number = engine.count("pa_activation", _LATER)
    if number:
        raise SourceUnusable(
            f"{engine.option}: no database of PowerAuth Server 1.7 to 1.10: activations of a later "
            f"protocol than 3, which line 2.x has: {number}. Nothing was taken."
        )


def import_all(sources: Sources, run: Run, *, telling: Telling) -> Report:
    """Take everything that is new or was changed there; nobody is told of it.

    Args:
        telling: makes what shows the progress, from the name and the number of some rows.

    Raises:
        SourceUnusable: a database cannot be read any more. What was taken stays taken.
    """
    _take([tables.APPLICATIONS], sources.engine, run, telling)
    run.facts = related.with_applications(run.facts, sources.engine, dry_run=run.dry_run)
    _take(tables.ENGINE, sources.engine, run, telling)
    if not run.dry_run:
        _complete_keys()
    used_values.take(sources.engine, run)
    not_taken.note(sources.engine, not_taken.FROM_ENGINE, run.report)
    if sources.forms:
        _take(tables.FORMS, sources.forms, run, telling)
    if sources.push:
        _take(tables.PUSH, sources.push, run, telling)
        not_taken.note(sources.push, not_taken.FROM_PUSH, run.report)
        if not run.dry_run:
            push_credentials.align()
    if not run.dry_run:
        _compare(run)
        _record(run)
    return run.report


def _take(some: Iterable[Table], source: Source, run: Run, telling: Telling) -> None:
    for table in some:
        with telling(table.what, source.count(table.name)) as progress:
            taking.take(table, source, run, told=progress.advance)
        if table.deleted:
            gone.note(table, source, run)


def _complete_keys() -> None:
    """Let phones of protocol 4.0 come to the applications that were taken."""
    for application_id in master_keys.incomplete():
        key_completion.complete(application_id, at=timezone.now())


def _compare(run: Run) -> None:
    activations = next(each for each in run.report.tallies if each.table == "pa_activation")
    compared = sampling.compare(run, activations)
    run.report.notes.append(
        f"compared: {compared.number} activations by public keys, status and derived keys"
    )


def _record(run: Run) -> None:
    """Leave one record of the import among the changes of the staff."""
    if written := run.report.written:
        change = Change(action=ACTION, object_type="import", after=written)
        audit_log.append(Actor(kind=ActorKind.SYSTEM), [change], at=timezone.now())
