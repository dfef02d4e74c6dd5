"""Paths of the documents and their pages; each section of the server publishes its own."""

from django.urls import URLPattern, path

from enrollment_server.openapi.documents import ERRORS_PATH, IntegrationDocument, MobileDocument
from enrollment_server.openapi.error_page import ErrorsView
from enrollment_server.openapi.views import DocumentView, SwaggerView

PAGE: URLPattern = path("swagger-ui.html", SwaggerView.as_view())
ERRORS: URLPattern = path(ERRORS_PATH, ErrorsView.as_view())
MOBILE: URLPattern = path("v3/api-docs", DocumentView.as_view(document=MobileDocument))
INTEGRATION: URLPattern = path(
    "v3/api-docs/integration", DocumentView.as_view(document=IntegrationDocument)
)
