"""The documents: which endpoints each has, and what it says of all of them."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.generators import SchemaGenerator

from enrollment_server import VERSION
from enrollment_server.openapi.catalogue import schemas
from enrollment_server.openapi.json_schema import names_in
from enrollment_server.openapi.security import SCHEMES

ERRORS_PATH = "errors.html"
_MOBILE = """\
What a bank's mobile app says to this server: the Mobile Token API below `/api`, and the standard
PowerAuth API that every PowerAuth SDK speaks: below `/pa/v3` for protocols 3.0 to 3.3, below
`/pa/v4` for protocol 4.0.

* Requests and answers are JSON in UTF-8. A request stands in `{"requestObject": ...}`, an answer in
  `{"status": "OK", "responseObject": ...}`; a member without a value is left out.
* A refusal is `{"status": "ERROR", "responseObject": {"code": ..., "message": ...}}` with an HTTP
  status that is never 2xx. Unknown members of a request are ignored, explicit null means absent.
  [The table of errors](errors.html) has the cause of every code, and what to do about it.
* A path has no trailing slash, and another method than the documented ones is answered with 405 and
  `ERROR_GENERIC`; an unknown path with 404 and `ERROR_NOT_FOUND`; a request for an unknown host
  with 400 and `INVALID_REQUEST`.
* A signature covers the bytes of the body as they are sent, a resource id that is agreed for the
  endpoint, and the method. A token covers none of them; it spares the phone's signature counter.
* Where a body is encrypted, what it is to say is described with the endpoint, and stands in its
  member `x-powerauth-plaintext` for programs.
"""
_CONVENTIONS = """\
* Every method is a POST with JSON: `{"requestObject": {...}}` is answered with
  `{"status": "OK", "responseObject": ...}`. Members without a value are null; lists are never null.
* A refusal has HTTP status 400 and `{"status": "ERROR", "responseObject": {"code": "ERR0024",
  "message": ..., "localizedMessage": ...}}`. Switch on the code, never on the text.
  [The table of errors](errors.html) has the cause of every code, and what to do about it.
* Dates are ISO-8601 with milliseconds and offset; in requests also milliseconds since 1970.
* Another method is answered with 405, an unknown path with 404.
"""
_INTEGRATION = f"""\
What a bank's own systems say to this server: the integration API below `/rest/v3`, and what they
call on a Push Server, below `/push` and `/inbox`. The same API in the words of protocol 4.0, and
what only its phones need, is below `/rest/v4`, which has a document of its own. Of both:

{_CONVENTIONS}
Below `/push` and `/inbox`:

* What is read is asked for by GET with query parameters.
* A refusal with `ERROR_GENERIC` says in its message what is missing or cannot be; with
  `ERROR_REQUEST` it lists in `violations` which members break a rule of their form.
"""


_INTEGRATION_V4 = f"""\
What a bank's own systems say to this server: the integration API below `/rest/v4`. It says
"authentication code" where `/rest/v3` says "signature", and passes on what phones of protocol 4.0
send; an activation of protocol 3 is served as well wherever no encrypted message is passed on.

{_CONVENTIONS}"""


class Document(SchemaGenerator):
    """A document of the endpoints below some paths, as far as this server publishes them."""

    heading: ClassVar[str]
    introduction: ClassVar[str]
    prefixes: ClassVar[tuple[str, ...]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call] # of the library

    def _initialise_endpoints(self) -> None:
        super()._initialise_endpoints()  # type: ignore[no-untyped-call] # of the library
        self.endpoints = [
            endpoint for endpoint in self.endpoints or () if endpoint[0].startswith(self.prefixes)
        ]

    def get_schema(self, request: HttpRequest | None = None, public: bool = False) -> Any:
        """Give the document, with addresses below the context path; see `at` for other ones.

        Args:
            request: has no effect, everybody gets the same.
            public: has no effect, everything in the document is public.
        """
        document: dict[str, Any] = super().get_schema(  # type: ignore[no-untyped-call] # of the library
            request=request, public=True
        )
        paths = document["paths"]
        return {
            "openapi": document["openapi"],
            "info": {
                "title": self.heading,
                "version": VERSION,
                "description": self.introduction,
            },
            **at(settings.CONTEXT_PATH),
            "tags": [{"name": tag} for tag in _tags(paths)],
            "paths": paths,
            "components": _components(paths),
        }


def at(prefix: str) -> dict[str, Any]:
    """Give the members that say below which path the endpoints and the table of errors are."""
    return {
        "servers": [{"url": prefix or "/"}],
        "externalDocs": {"description": "Every error", "url": f"{prefix}/{ERRORS_PATH}"},
    }


def _operations(paths: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in paths.values() for operation in methods.values()]


def _tags(paths: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(tag for one in _operations(paths) for tag in one["tags"]))


def _components(paths: dict[str, Any]) -> dict[str, Any]:
    """Collect what the operations refer to, and what that refers to in turn."""
    known = schemas()
    found: set[str] = set()
    missing = names_in(paths)
    while missing:
        found |= missing
        missing = names_in([known[name] for name in missing]) - found
    used = {
        scheme
        for operation in _operations(paths)
        for requirement in operation["security"]
        for scheme in requirement
    }
    return {
        "schemas": {name: known[name] for name in sorted(found)},
        "securitySchemes": {name: SCHEMES[name] for name in SCHEMES if name in used},
    }


class MobileDocument(Document):
    """The Mobile Token API, and the standard API of PowerAuth."""

    heading = "Enrollment Server: APIs of the mobile app"
    introduction = _MOBILE
    prefixes = ("/pa/", "/api/")


class IntegrationDocument(Document):
    """The API of a bank's own systems."""

    heading = "Enrollment Server: integration API"
    introduction = _INTEGRATION
    prefixes = ("/rest/v3/", "/push/", "/inbox/")


class IntegrationDocumentV4(Document):
    """The API of a bank's own systems, in the words of protocol 4.0."""

    heading = "Enrollment Server: integration API v4"
    introduction = _INTEGRATION_V4
    prefixes = ("/rest/v4/",)
