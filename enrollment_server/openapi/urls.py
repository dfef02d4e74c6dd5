"""Paths of the documents and their pages; each section of the server publishes its own."""

from django.urls import URLPattern, path

from enrollment_server.openapi.documents import (
    ERRORS_PATH,
    IntegrationDocument,
    IntegrationDocumentV4,
    MobileDocument,
)
from enrollment_server.openapi.error_page import ErrorsView
from enrollment_server.openapi.views import DocumentView, SwaggerView

PAGE: URLPattern = path("swagger-ui.html", SwaggerView.as_view())
ERRORS: URLPattern = path(ERRORS_PATH, ErrorsView.as_view())
MOBILE: URLPattern = path("v3/api-docs", DocumentView.as_view(document=MobileDocument))
INTEGRATION: URLPattern = path(
    "v3/api-docs/integration", DocumentView.as_view(document=IntegrationDocument)
)
INTEGRATION_V4: URLPattern = path(
    "v3/api-docs/integration-v4", DocumentView.as_view(document=IntegrationDocumentV4)
)
