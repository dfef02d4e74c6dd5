"""Credentials of back ends: integration-api.md 5.5."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypedDict

from django.conf import settings

from enrollment_server.api.contract.shapes import Shape
from powerauth import models
from powerauth.engine.applications import integrations
from powerauth.engine.audit.audited_kinds import INTEGRATION
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Text
from powerauth.integration.words import method

_TAG = "Integrations"


class NewInput(Input):
    """How the back end is called."""

    name = Text(needed=True)


class IntegrationInput(Input):
    """Which credentials."""

    id = Text(needed=True)


class IntegrationName(TypedDict):
    """A back end, and how it says its name."""

    id: str
    name: str
    clientToken: Annotated[str, Shape("The user name.")]


class Integration(IntegrationName):
    """A back end that has credentials."""

    clientSecret: Annotated[str | None, Shape("Always null: only a hash is kept.")]


class NewIntegration(IntegrationName):
    """A back end with its credentials, told this once."""

    clientSecret: Annotated[str, Shape("The password.")]


class IntegrationList(TypedDict):
    """The back ends that have credentials."""

    restrictedAccess: Annotated[bool, Shape("Whether a method needs credentials.")]
    items: list[Integration]


class RemovedIntegration(TypedDict):
    """Whether credentials were taken away."""

    id: str
    removed: Annotated[bool, Shape("False if there were none.")]


def _named(integration: models.Integration) -> IntegrationName:
    return {
        "id": str(integration.id),
        "name": integration.name,
        "clientToken": integration.client_token,
    }


_EXAMPLE: IntegrationName = {
    "id": "0f3c3ba4-3e8e-4dd1-a0d4-3ad1a1a9b6c5",
    "name": "back-end",
    "clientToken": "9a3b6cc3-2a29-4d8b-9b5b-6cbbd5f1e8f2",
}
_NEW_EXAMPLE: NewIntegration = {**_EXAMPLE, "clientSecret": "c2a2ffb3-6b57-4a6a-8d2d-7cf0d8a33c9e"}
_LIST_EXAMPLE: IntegrationList = {
    "restrictedAccess": True,
    "items": [{**_EXAMPLE, "clientSecret": None}],
}


class CreateView(IntegrationView):
    """`integration/create`: the only answer that tells the secret."""

    endpoint = method(
        _TAG,
        "Create credentials for a back end",
        ErrorCode.INVALID_REQUEST,
        description="The secret is told this once.",
        request={"name": "back-end"},
        example=_NEW_EXAMPLE,
    )
    input_class = NewInput
    changes = Changes(kind=INTEGRATION, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NewIntegration:
        new = integrations.create(body["name"])
        return {**_named(new.integration), "clientSecret": new.client_secret}


class ListView(IntegrationView):
    """`integration/list`; no secrets, as only their hashes are kept."""

    endpoint = method(_TAG, "List the back ends that have credentials", example=_LIST_EXAMPLE)

    def call(self, body: Mapping[str, Any], *, at: datetime) -> IntegrationList:
        return {
            "restrictedAccess": bool(settings.INTEGRATION_AUTH_REQUIRED),
            "items": [{**_named(one), "clientSecret": None} for one in integrations.every()],
        }


class RemoveView(IntegrationView):
    """`integration/remove`."""

    endpoint = method(
        _TAG,
        "Take the credentials from a back end",
        ErrorCode.INVALID_REQUEST,
        request={"id": _EXAMPLE["id"]},
        example=RemovedIntegration(id=_EXAMPLE["id"], removed=True),
    )
    input_class = IntegrationInput
    changes = Changes(kind=INTEGRATION, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RemovedIntegration:
        return {"id": body["id"], "removed": integrations.remove(body["id"])}
