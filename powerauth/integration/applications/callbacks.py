"""Callbacks of applications: integration-api.md 11.1."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from powerauth.engine.audit.audited_kinds import CALLBACK
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_move import CredentialsNeeded
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.applications import callback_examples as examples
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.applications.callback_answers import (
    Callback,
    CallbackList,
    DisabledCallback,
    NewCallback,
    callback_answer,
)
from powerauth.integration.applications.callback_inputs import (
    CallbackIdInput,
    CallbackInput,
    CallbackUpdateInput,
    configuration_of,
)
from powerauth.integration.applications.examples import BY_ID
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.validation import at_least, check, not_blank, not_null
from powerauth.integration.words import method

_method = partial(method, "Callbacks")
_REFUSED = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.URL_FORMAT,
    ErrorCode.APPLICATION_NOT_FOUND,
)

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

    endpoint = _method(
        "Be told of changes",
        *_REFUSED,
        description=(
            "Each change is posted to the URL as a flat JSON object, until it is taken with "
            "HTTP 2xx; `Idempotency-Key` is the same at every attempt. `authentication` says "
            "how the server proves itself; the answer says only which secrets are set."
        ),
        request=examples.REQUEST,
        example=examples.NEW_CALLBACK,
    )
    input_class = CallbackInput
    changes = Changes(kind=CALLBACK, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NewCallback:
        _check(body)
        made = callbacks.create(body["application_id"], configuration_of(body), at=at)
        return {
            **callback_answer(made.callback),
            "signingSecret": callbacks.signing_secret_text(made.signing_secret),
        }


class UpdateView(IntegrationView):
    """`application/callback/update`."""

    endpoint = _method(
        "Configure a callback anew",
        *_REFUSED,
        description=(
            "Secrets that are null stay as they are; a blank one is taken away. With another "
            "scheme, host or port of the callback URL or of the token URI none stays, and what "
            "the enabled ways to authenticate need has to be given again."
        ),
        request={**examples.BY_ID, **examples.REQUEST},
        example=examples.CALLBACK,
    )
    input_class = CallbackUpdateInput
    changes = Changes(kind=CALLBACK, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Callback:
        _check(body)
        try:
            changed = callbacks.update(body["id"], body["application_id"], configuration_of(body))
        except CredentialsNeeded as refusal:
            check({_CREDENTIALS[one]: _NOT_KEPT for one in refusal.needed})
            raise
        return callback_answer(changed)


class ListView(IntegrationView):
    """`application/callback/list`."""

    endpoint = _method(
        "List the enabled callbacks of an application",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        request=BY_ID,
        example=CallbackList(callbackUrlList=[examples.CALLBACK]),
    )
    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> CallbackList:
        found = callbacks.every(body["application_id"])
        return {"callbackUrlList": [callback_answer(one) for one in found]}


class RemoveView(IntegrationView):
    """`application/callback/remove`."""

    endpoint = _method(
        "Disable a callback",
        ErrorCode.INVALID_REQUEST,
        request=examples.BY_ID,
        example={**examples.BY_ID, "removed": True},
    )
    input_class = CallbackIdInput
    changes = Changes(kind=CALLBACK, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> DisabledCallback:
        return {"id": body["id"], "removed": callbacks.remove(body["id"])}
