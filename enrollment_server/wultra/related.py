"""What a batch of rows refers to, read for all of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from enrollment_server.wultra import memory
from enrollment_server.wultra.facts import Facts
from enrollment_server.wultra.source import Row, Source
from enrollment_server.wultra.table import Related, Run
from enrollment_server.wultra.values import LeftOut, identifier
from powerauth.models import Activation, Application, ApplicationVersion

_VERSIONS = """
    SELECT activation_id, min(signature_version) AS version FROM pa_signature_audit
    WHERE activation_id = ANY(%s) AND valid AND signature_version ~ '^3[.][0-3]$'
    GROUP BY activation_id
"""


def with_applications(facts: Facts, source: Source, *, dry_run: bool) -> Facts:
    """Add the applications that were taken, by their number there."""
    rows = source.rows("SELECT id, name FROM pa_application")
    known = memory.remembered("pa_application", [row["id"] for row in rows])
    here = Application.objects.in_bulk([row["name"] for row in rows])
    taken: dict[int, Application] = {}
    removed = set()
    for row in rows:
        number, name = row["id"], row["name"]
        if str(number) in known and name in here:
            taken[number] = here[name]
        elif str(number) in known:
            removed.add(number)
        elif dry_run and name not in here:
            taken[number] = Application(id=name)
    return replace(facts, applications=taken, removed_applications=removed)


def owners(source: Source, rows: Sequence[Row], run: Run) -> Related:
    """Give the activations that rows belong to, and which of them are here."""
    ids = sorted({row["activation_id"] for row in rows if row["activation_id"]})
    found = run.engine.matching(
        "pa_activation",
        ("activation_id", "application_id", "user_id", "protocol", "version"),
        column="activation_id",
        values=ids,
    )
    keys = list(_identifiers(ids))
    here = set(Activation.objects.filter(id__in=keys).values_list("id", flat=True))
    return {
        "activations": {row["activation_id"]: row for row in found},
        "taken": here | (run.would_be_taken & set(keys)),
        "remembered": set(memory.remembered("pa_activation", ids)),
    }


def _identifiers(texts: Iterable[str]) -> Iterable[Any]:
    for text in texts:
        try:
            yield identifier(text, "activation_id")
        except LeftOut:
            continue


def versions(source: Source, rows: Sequence[Row], run: Run) -> Related:
    """Give the lowest protocol version that each activation has signed in."""
    found = source.rows(_VERSIONS, [[row["activation_id"] for row in rows]])
    return {"versions": {row["activation_id"]: row["version"] for row in found}}


def owners_and_secrets(source: Source, rows: Sequence[Row], run: Run) -> Related:
    """Give the activations that rows belong to, and the secrets that signed data ends with."""
    secrets = defaultdict(list)
    for version in ApplicationVersion.objects.order_by("id"):
        pair = (version.application_key, version.application_secret)
        secrets[version.application_id].append(pair)
    return {**owners(source, rows, run), "secrets": secrets}


def operation_applications(source: Source, rows: Sequence[Row], run: Run) -> Related:
    """Give the applications of operations, in the order of their numbers."""
    links = source.matching(
        "pa_operation_application",
        ("application_id", "operation_id"),
        column="operation_id",
        values=[row["id"] for row in rows],
    )
    names = defaultdict(list)
    for link in sorted(links, key=lambda link: int(link["application_id"])):
        if link["application_id"] in run.facts.applications:
            application = run.facts.applications[link["application_id"]]
            names[link["operation_id"]].append(application.id)
    return {"application_ids": names}


def device_owners(source: Source, rows: Sequence[Row], run: Run) -> Related:
    """Give the activations of devices, and the applications of the push database."""
    return {**owners(source, rows, run), "push_applications": _push_applications(source)}


def message_applications(source: Source, rows: Sequence[Row], run: Run) -> Related:
    """Give the applications of messages."""
    links = source.matching(
        "push_inbox_app",
        ("app_credentials_id", "inbox_id"),
        column="inbox_id",
        values=[row["id"] for row in rows],
    )
    known = _push_applications(source)
    names = defaultdict(list)
    for link in sorted(links, key=lambda link: int(link["app_credentials_id"])):
        if link["app_credentials_id"] in known:
            names[link["inbox_id"]].append(known[link["app_credentials_id"]])
    return {"application_ids": names}


def _push_applications(source: Source) -> dict[int, str]:
    rows = source.rows("SELECT id, app_id FROM push_app_credentials")
    return {row["id"]: row["app_id"] for row in rows}
