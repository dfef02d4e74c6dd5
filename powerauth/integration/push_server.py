"""The base of the methods that back ends call on a Push Server: push-and-inbox.md 2.

They stand beside the integration API, for the same callers: members, credentials and transport are
its own; texts and codes of refusals are a Push Server's.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.errors import ApiError, UnexpectedFailure
from powerauth.errors import RemoteFailure
from powerauth.integration.api import IntegrationView
from powerauth.integration.errors import CallRefused, MalformedCall
from powerauth.integration.inputs import query
from powerauth.integration.push_server_errors import (
    EMPTY_REQUEST,
    BusinessFailure,
    EngineUnreachable,
)
from powerauth.integration.renderers import BackEndRenderer


class PushServerView(IntegrationView):
    """A method of a Push Server; subclasses say in `http_method_names` how it is called.

    The arguments of a GET, and of a method that is DELETE only, are query parameters, for any other
    method the `requestObject`, which has to be there.
    """

    renderer_classes = [BackEndRenderer]
    unexpected_failure: ClassVar[type[ApiError]] = UnexpectedFailure

    def get(self, request: Request, **in_path: object) -> Response:
        self.members_within = ""
        return self.answer(query.members(request.query_params))

    def post(self, request: Request, **in_path: object) -> Response:
        if not request.body or request.data is None:
            raise BusinessFailure(EMPTY_REQUEST)
        return super().post(request)

    put = post

    def delete(self, request: Request, **in_path: object) -> Response:
        return self.get(request) if self.reads_query() else self.post(request)

    def documented_error(self, exc: Exception) -> ApiError | None:
        """Answer a null within a list, and what no column can hold, as a malformed request."""
        if isinstance(exc, RemoteFailure):
            return EngineUnreachable()
        error = super().documented_error(exc)
        if isinstance(error, CallRefused):
            return MalformedCall(
                error.message if isinstance(exc, ValidationError) else None, log=error.log_details
            )
        return error


def require(members: Mapping[str, Any], complaints: Mapping[str, str]) -> None:
    """Refuse a request in which a member is absent or blank.

    Args:
        members: a request by the names of its `Input`.
        complaints: the text for each member that has to be there, in the order of the checks.

    Raises:
        BusinessFailure: with the text of the first missing member.
    """
    for name, complaint in complaints.items():
        value = members[name]
        if value is None or (isinstance(value, str) and not value.strip()):
            raise BusinessFailure(complaint)
