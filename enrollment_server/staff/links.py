"""The menu of whoever is logged in."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def account(request: HttpRequest) -> list[dict[str, Any]]:
    """Give the links in the form that django-unfold reads."""
    user = request.user
    if not user.is_authenticated:
        return []
    links = [{"title": _("Second factor"), "link": reverse("admin:own_second_factor")}]
    if user.has_usable_password():
        links.append({"title": _("Change password"), "link": reverse("admin:password_change")})
    return links
