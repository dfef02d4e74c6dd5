"""Credentials of back ends: integration-api.md 5.5."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from powerauth.engine.applications import integrations
from powerauth.engine.audit.audited_kinds import INTEGRATION
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import Text
from powerauth.models import Integration


class NewInput(Input):
    """How the back end is called."""

    name = Text()


class IntegrationInput(Input):
    """Which credentials."""

    id = Text()


def _integration(integration: Integration, *, client_secret: str | None) -> dict[str, Any]:
    return {
        "id": str(integration.id),
        "name": integration.name,
        "clientToken": integration.client_token,
        "clientSecret": client_secret,
    }


class CreateView(IntegrationView):
    """`integration/create`: the only answer that tells the secret."""

    input_class = NewInput
    changes = Changes(kind=INTEGRATION, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        new = integrations.create(body["name"])
        return _integration(new.integration, client_secret=new.client_secret)


class ListView(IntegrationView):
    """`integration/list`; no secrets, as only their hashes are kept."""

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {
            "restrictedAccess": bool(settings.INTEGRATION_AUTH_REQUIRED),
            "items": [_integration(one, client_secret=None) for one in integrations.every()],
        }


class RemoveView(IntegrationView):
    """`integration/remove`."""

    input_class = IntegrationInput
    changes = Changes(kind=INTEGRATION, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {"id": body["id"], "removed": integrations.remove(body["id"])}
