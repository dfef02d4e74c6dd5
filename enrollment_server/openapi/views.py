"""The documents, and the page that shows them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.json import dump_json
from enrollment_server.api.renderers import EnvelopeRenderer
from enrollment_server.api.views import ApiView
from enrollment_server.openapi.documents import Document, at

# Swagger UI sets style attributes and shows pictures that are part of its script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Relative to the page, so that they are right below every context path.
_ADDRESSES = (
    ("mobile", "APIs of the mobile app", "v3/api-docs"),
    ("integration", "Integration API", "v3/api-docs/integration"),
    ("integration", "Integration API v4", "v3/api-docs/integration-v4"),
)


class DocumentRenderer(EnvelopeRenderer):
    """Write a document as it is; errors within their envelope."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if isinstance(data, ApiError):
            return super().render(data, accepted_media_type, renderer_context)
        return dump_json(data)


class DocumentView(ApiView):
    """One document, as JSON."""

    http_method_names = ["get", "head"]
    renderer_classes: list[type[BaseRenderer]] = [DocumentRenderer]
    document: type[Document] = Document

    def get(self, request: Request) -> Response:
        prefix = request.META.get("SCRIPT_NAME", "")
        described = _described(self.document)  # type: ignore[arg-type] # classes are hashable
        return Response({**described, **at(prefix)})


@cache
def _described(document: type[Document]) -> dict[str, Any]:
    """Describe the endpoints once a process: neither they nor the settings change."""
    description: dict[str, Any] = document().get_schema()
    return description


class SwaggerView(TemplateView):
    """The page; everything that it loads comes from this server."""

    http_method_names = ["get", "head"]
    template_name = "openapi/swagger_ui.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        documents = [
            {"name": name, "url": url}
            for section, name, url in _ADDRESSES
            if section in settings.SECTIONS
        ]
        return super().get_context_data(documents=documents, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        response["Content-Security-Policy"] = _POLICY
        return response
