"""The page with the table of errors, beside the page of the documents."""

from itertools import cycle
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.generic import TemplateView

from enrollment_server.openapi.error_table import COLUMNS, INTRODUCTION, SECTIONS, Section

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class ErrorsView(TemplateView):
    """What `docs/errors.md` says, from the same data."""

    http_method_names = ["get", "head"]
    template_name = "openapi/errors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            columns=COLUMNS,
            introduction=[as_html(paragraph) for paragraph in INTRODUCTION],
            sections=[_shown(number, section) for number, section in enumerate(SECTIONS, 1)],
            **kwargs,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        response["Content-Security-Policy"] = _POLICY
        return response


def as_html(text: str) -> SafeString:
    """Escape a text of the table; what stands in backticks becomes code."""
    parts = (
        format_html("<code>{}</code>" if is_code else "{}", part)
        for part, is_code in zip(text.split("`"), cycle((False, True)), strict=False)
    )
    return format_html_join("", "{}", ((part,) for part in parts))


def _shown(number: int, section: Section) -> dict[str, Any]:
    cells = [[as_html(text) for text in row.cells()] for row in section.rows()]
    return {
        "id": f"errors-{number}",
        "heading": as_html(section.heading),
        "introduction": as_html(section.introduction),
        "rows": [(code, others) for code, *others in cells],
    }
