"""The roles of applications: integration-api.md 5.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.engine.applications import application_roles, applications
from powerauth.engine.audit.audited_kinds import APPLICATION
from powerauth.errors import ErrorCode
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.applications import examples
from powerauth.integration.applications.answers import Application, application_answer
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.changes import Changes
from powerauth.integration.fields import Text, TextList
from powerauth.integration.words import method


class RolesInput(Input):
    """Which application, and which roles."""

    application_id = Text(needed=True)
    application_roles = TextList(needed=True)


def _method(summary: str, *, request: Mapping[str, Any] = examples.APPLICATION) -> Endpoint:
    return method(
        "Applications",
        summary,
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        request=request,
        example=examples.APPLICATION,
    )


class ListView(IntegrationView):
    """`application/roles/list`."""

    endpoint = _method("List the roles of an application", request=examples.BY_ID)
    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Application:
        return application_answer(applications.get(body["application_id"]))


class CreateView(IntegrationView):
    """`application/roles/create`: add what is missing."""

    endpoint = _method("Add roles that are missing")
    input_class = RolesInput
    changes = Changes(kind=APPLICATION, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Application:
        return application_answer(
            application_roles.add(body["application_id"], body["application_roles"])
        )


class UpdateView(IntegrationView):
    """`application/roles/update`: replace all."""

    endpoint = _method("Replace all roles")
    input_class = RolesInput
    changes = Changes(kind=APPLICATION, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Application:
        return application_answer(
            application_roles.replace(body["application_id"], body["application_roles"])
        )


class RemoveView(IntegrationView):
    """`application/roles/remove`: remove what is there."""

    endpoint = _method("Remove roles that are there")
    input_class = RolesInput
    changes = Changes(kind=APPLICATION, given=("application_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Application:
        return application_answer(
            application_roles.remove(body["application_id"], body["application_roles"])
        )
