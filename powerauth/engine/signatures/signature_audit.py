"""Reading what was verified: integration-api.md 8.4."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from powerauth.engine.paging import Page
from powerauth.engine.periods import within
from powerauth.engine.signatures.signature_trail import DATA_SHA256
from powerauth.models import ApplicationVersion, SignatureAudit
from powerauth.protocol.signed_request import signature_data
from powerauth.protocol.v3.offline import OFFLINE_SECRET
from powerauth.rules import given


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedSignature:
    """An attempt, with the bytes that its signature was compared for.

    `verified` is the signed data alone if the secret that followed it is not known any more, and
    its beginning if it was too long to be kept.
    """

    row: SignatureAudit
    verified: bytes


def of_user(
    user_id: str | None,
    *,
    application_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    page: Page,
) -> list[AuditedSignature]:
    """List the attempts of a user, the newest first.

    Args:
        application_id: of one application only; None: of all.
        since: first moment, None from the beginning.
        until: last moment, inclusive, None without end.
        page: which of them.

    Raises:
        EngineRefusal: INVALID_REQUEST for no user.
    """
    rows = SignatureAudit.objects.filter(user_id=given("userId", user_id))
    if application_id is not None:
        rows = rows.filter(application_id=application_id)
    rows = within(rows, since=since, until=until).order_by("-created_at", "-id")
    found = list(page.cut(rows))
    secrets = _secrets(found)
    return [AuditedSignature(row=row, verified=_verified(row, secrets)) for row in found]


def _secrets(rows: Sequence[SignatureAudit]) -> Mapping[tuple[str, str], str]:
    """Give application secrets by application and key."""
    keys = {row.application_key for row in rows if row.application_key}
    versions = ApplicationVersion.objects.filter(application_key__in=keys)
    return {
        (version.application_id, version.application_key): version.application_secret
        for version in versions
    }


def _verified(row: SignatureAudit, secrets: Mapping[tuple[str, str], str]) -> bytes:
    data = bytes(row.data)
    if DATA_SHA256 in row.additional_info:
        return data
    if not row.signature_version:
        return signature_data(data, OFFLINE_SECRET)
    secret = secrets.get((row.application_id, row.application_key))
    return data if secret is None else signature_data(data, secret)
