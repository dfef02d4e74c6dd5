"""The base of every method of the integration API: integration-api.md 1.

A method names the members of its request in an `Input` and answers in `call`; rules are the
engine's. A refusal of the engine becomes HTTP 400 with its code, whatever else fails is documented
here once.
"""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import DataError
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api import request_log
from enrollment_server.api.browsers import is_from_another_site, require_json
from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.validation import validated
from enrollment_server.api.views import ApiView
from powerauth.errors import EngineRefusal
from powerauth.integration.authentication import IntegrationAuthentication, IsIntegration
from powerauth.integration.changes import Changes, recorded
from powerauth.integration.errors import (
    CallerRejected,
    CallFailed,
    CallOfAnotherSite,
    CallRefused,
    MalformedCall,
)
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.complaints import refusal_of
from powerauth.integration.renderers import IntegrationRenderer
from powerauth.models import Integration
from powerauth.rules import invalid

_TREES = re.compile(r"rest/v[34]/")
Row = TypeVar("Row", bound=Model)


class IntegrationView(ApiView, ABC):
    """One method of the integration API.

    Subclasses set `input_class` if the method has arguments, `changes` if it changes something
    that the audit log has to tell of, and define `call`.
    """

    http_method_names = ["post"]
    authentication_classes = [IntegrationAuthentication]
    permission_classes = [IsIntegration]
    renderer_classes = [IntegrationRenderer]
    invalid_request = MalformedCall
    unauthenticated = CallerRejected
    unexpected_failure: ClassVar[type[ApiError]] = CallFailed
    input_class: ClassVar[type[Input]] = Input
    changes: ClassVar[Changes | None] = None
    tree: ClassVar[int] = 3
    """In which tree it is called, `/rest/v3` or `/rest/v4`; see `v4`."""
    members_within = "requestObject"  # where refusals say that members stand
    whole_member = ""  # the member, by its name on the wire, that the `requestObject` itself is

    @classmethod
    def reads_query(cls) -> bool:
        """Tell whether the arguments stand in the query: those of methods without a body do."""
        return set(cls.http_method_names) in ({"get"}, {"delete"})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a request; one that succeeds leaves a line in the log."""
        started = time.perf_counter()
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            caller: object = self.request.user
            request_log.called(
                request,
                status=response.status_code,
                seconds=time.perf_counter() - started,
                integration=caller.name if isinstance(caller, Integration) else "",
            )
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Also where credentials are needed: a browser remembers those that somebody typed there.
        if is_from_another_site(request._request):
            raise CallOfAnotherSite
        super().initial(request, *args, **kwargs)
        if not settings.INTEGRATION_AUTH_REQUIRED:
            require_json(request._request)

    @abstractmethod
    def call(self, body: Mapping[str, Any], *, at: datetime) -> object:
        """Do what the method does, and give its result.

        Args:
            body: members of the request by the names of `input_class`, absent ones as None.
            at: the time of the request.

        Returns: the `responseObject`, a dict or a list; None for a method without result.
        """

    def prepare(self, body: Mapping[str, Any], *, at: datetime) -> None:
        """Check, and find out, what is not to be done in the transaction of a change.

        Nobody waits for another server while rows are locked. Arguments are those of `call`.
        """

    def post(self, request: Request, **in_path: object) -> Response:
        return self.answer(request.data)

    def answer(self, data: Any) -> Response:
        """Check the members of a request, call the method with them and answer its result."""
        # A method without arguments is called with null, with an empty object or with no body.
        members = {} if data is None else data
        if self.whole_member:
            members = {self.whole_member: data}
        body = validated(self.input_class, members)
        # What the path names is as good as what the body does.
        return Response(self.written(self._result({**body, **self.kwargs})))

    @staticmethod
    def written(result: object) -> object:
        """Give the result of a call as the tree writes it."""
        return result

    @staticmethod
    def refusal(refused: EngineRefusal) -> EngineRefusal:
        """Give a refusal as the tree words it."""
        return refused

    def _result(self, body: Mapping[str, Any]) -> object:
        at = timezone.now()
        self._noted: list[Model] = []
        self.prepare(body, at=at)
        if self.changes is None or not self.changes.apply_to(body):
            return self.call(body, at=at)
        return recorded(
            self.changes,
            body,
            lambda: self.call(body, at=at),
            caller=self.request.user,
            action=self._action(),
            left=self._noted,
        )

    def noted(self, row: Row) -> Row:
        """Note a row that is in memory as the call leaves it: it need not be read again.

        Each column has the value that the row has now in the database, or one that is equal.
        """
        self._noted.append(row)
        return row

    def _action(self) -> str:
        """Give the method by its path, such as `activation/block` in either tree."""
        match = self.request.resolver_match
        return _TREES.sub("", match.route, count=1) if match else type(self).__name__

    def documented_error(self, exc: Exception) -> ApiError | None:
        """Answer what the engine refuses, and what no column can hold, with HTTP 400."""
        match exc:
            case EngineRefusal():
                return CallRefused(self.refusal(exc))
            case ValidationError():
                return refusal_of(exc, within=self.members_within)
            case ParseError():
                return MalformedCall(f"The body is not usable: {exc.detail}.")
            case DataError():
                return CallRefused(invalid("", "must have values that fit their columns"))
        return None
