"""The style sheet and scripts of every page of the back office, as django-unfold asks for them."""

from django.http import HttpRequest
from django.templatetags.static import static


def style_sheet(request: HttpRequest) -> str:
    """Give the address of what our pages look like."""
    return static("backoffice/backoffice.css")


def keyboard(request: HttpRequest) -> str:
    """Give the address of the script that lets the keyboard reach every control."""
    return static("backoffice/keyboard.js")


def charts(request: HttpRequest) -> str:
    """Give the address of the script that colours charts."""
    return static("backoffice/charts.js")
