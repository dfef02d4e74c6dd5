"""Paths of the documents and their page; each section of the server publishes its own."""

from django.urls import URLPattern, path

from enrollment_server.openapi.documents import IntegrationDocument, MobileDocument
from enrollment_server.openapi.views import DocumentView, SwaggerView

PAGE: URLPattern = path("swagger-ui.html", SwaggerView.as_view())
MOBILE: URLPattern = path("v3/api-docs", DocumentView.as_view(document=MobileDocument))
INTEGRATION: URLPattern = path(
    "v3/api-docs/integration", DocumentView.as_view(document=IntegrationDocument)
)
