"""The roles of applications: integration-api.md 5.3."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth import models
from powerauth.engine.applications import application_roles, applications
from powerauth.engine.audit.audited_kinds import APPLICATION
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.applications import examples
from powerauth.integration.applications.answers import Application, application_answer
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.fields import TextList
from powerauth.integration.words import method


class RolesInput(ApplicationInput):
    """Which application, and which roles."""

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


class RolesChangeView(IntegrationView):
    """A method that changes the roles of an application; `change` says how."""

    input_class = RolesInput
    changes = Changes(kind=APPLICATION, given=("application_id",))
    change: Callable[[str | None, list[str] | None], models.Application]

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Application:
        return application_answer(self.change(body["application_id"], body["application_roles"]))


class CreateView(RolesChangeView):
    """`application/roles/create`: add what is missing."""

    endpoint = _method("Add roles that are missing")
    change = staticmethod(application_roles.add)


class UpdateView(RolesChangeView):
    """`application/roles/update`: replace all."""

    endpoint = _method("Replace all roles")
    change = staticmethod(application_roles.replace)


class RemoveView(RolesChangeView):
    """`application/roles/remove`: remove what is there."""

    endpoint = _method("Remove roles that are there")
    change = staticmethod(application_roles.remove)
