"""The bases of the views below `/pa/v4/`: headers of protocol 4.0, and the errors of its endpoints.

A view that is one of `/pa/v3/` besides names `View4` first.
"""

from typing import ClassVar

from rest_framework.exceptions import ParseError, ValidationError

from enrollment_server.api.errors import ApiError
from powerauth.protocol.versions import GENERATION_4
from powerauth.standard.v4.errors import BodyRefused, CodeRefused
from powerauth.standard.views import StandardView

# The group of the endpoints in their document.
GROUP = "PowerAuth: protocol 4.0"


class View4(StandardView):
    """A view of one endpoint; a body that is malformed, or lacks a member, is `invalid_request`."""

    generations = GENERATION_4
    unauthenticated: ClassVar[type[ApiError]] = CodeRefused
    invalid_request: ClassVar[type[ApiError]] = BodyRefused

    def documented_error(self, exc: Exception) -> ApiError | None:
        if isinstance(exc, ParseError | ValidationError):
            return self.invalid_request()
        return super().documented_error(exc)
