"""Callbacks of applications: integration-api.md 11.1."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from powerauth.engine.audit.audited_kinds import CALLBACK
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_move import CredentialsNeeded
from powerauth.integration.api import IntegrationView
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.applications.callback_answers import callback_answer
from powerauth.integration.applications.callback_inputs import (
    CallbackIdInput,
    CallbackInput,
    CallbackUpdateInput,
    configuration_of,
)
from powerauth.integration.changes import Changes
from powerauth.integration.validation import at_least, check, not_blank, not_null

_CREDENTIALS = {
    ("certificate", "key_store_password"): "authentication.certificate.keyStorePassword",
    ("certificate", "trust_store_password"): "authentication.certificate.trustStorePassword",
    ("http_basic", "password"): "authentication.httpBasic.password",
    ("oauth2", "client_secret"): "authentication.oauth2.clientSecret",
}
_NOT_KEPT = "must be given again, because scheme, host or port of a URL has changed"


def _check(body: Mapping[str, Any]) -> None:
    """Say what is wrong with the members: integration-api.md 1.3."""
    reasons = {
        "applicationId": not_blank(body["application_id"]),
        "name": not_blank(body["name"]),
        "type": not_null(body["type"]),
        "callbackUrl": not_blank(body["callback_url"]),
        "retentionPeriod": _not_negative(body["retention_period"]),
        "initialBackoff": _not_negative(body["initial_backoff"]),
        "maxAttempts": at_least(body["max_attempts"], 1),
    }
    if "id" in body:
        reasons["id"] = not_blank(body["id"])
    check(reasons)


def _not_negative(duration: timedelta | None) -> str | None:
    if duration is None or duration >= timedelta(0):
        return None
    return "must be longer than or equal to 0 seconds"


class CreateView(IntegrationView):
    """`application/callback/create`; the only answer with the signing secret."""

    input_class = CallbackInput
    changes = Changes(kind=CALLBACK, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        _check(body)
        made = callbacks.create(body["application_id"], configuration_of(body), at=at)
        return {
            **callback_answer(made.callback),
            "signingSecret": callbacks.signing_secret_text(made.signing_secret),
        }


class UpdateView(IntegrationView):
    """`application/callback/update`."""

    input_class = CallbackUpdateInput
    changes = Changes(kind=CALLBACK, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        _check(body)
        try:
            changed = callbacks.update(body["id"], body["application_id"], configuration_of(body))
        except CredentialsNeeded as refusal:
            check({_CREDENTIALS[one]: _NOT_KEPT for one in refusal.needed})
            raise
        return callback_answer(changed)


class ListView(IntegrationView):
    """`application/callback/list`."""

    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        found = callbacks.every(body["application_id"])
        return {"callbackUrlList": [callback_answer(one) for one in found]}


class RemoveView(IntegrationView):
    """`application/callback/remove`."""

    input_class = CallbackIdInput
    changes = Changes(kind=CALLBACK, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {"id": body["id"], "removed": callbacks.remove(body["id"])}
