"""The roles of applications: integration-api.md 5.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.applications import application_roles, applications
from powerauth.engine.audit.audited_kinds import APPLICATION
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.applications.applications import ApplicationInput, application_answer
from powerauth.integration.changes import Changes
from powerauth.integration.fields import Text, TextList


class RolesInput(Input):
    """Which application, and which roles."""

    application_id = Text()
    application_roles = TextList()


class ListView(IntegrationView):
    """`application/roles/list`."""

    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return application_answer(applications.get(body["application_id"]))


class CreateView(IntegrationView):
    """`application/roles/create`: add what is missing."""

    input_class = RolesInput
    changes = Changes(kind=APPLICATION, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return application_answer(
            application_roles.add(body["application_id"], body["application_roles"])
        )


class UpdateView(IntegrationView):
    """`application/roles/update`: replace all."""

    input_class = RolesInput
    changes = Changes(kind=APPLICATION, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return application_answer(
            application_roles.replace(body["application_id"], body["application_roles"])
        )


class RemoveView(IntegrationView):
    """`application/roles/remove`: remove what is there."""

    input_class = RolesInput
    changes = Changes(kind=APPLICATION, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return application_answer(
            application_roles.remove(body["application_id"], body["application_roles"])
        )
