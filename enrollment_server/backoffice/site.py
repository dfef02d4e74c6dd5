"""The site of the back office: the pages that belong to no table."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from enrollment_server.staff.site import LoginSite
from powerauth.admin.framework import recording
from powerauth.admin.framework.parameters import usable_text
from powerauth.engine.audit import audited

# A page to send somebody to the public page of a row: there are none, and it takes any identifier.
_UNUSED = frozenset({"view_on_site"})


class BackOfficeSite(LoginSite):
    """The site whose admins `powerauth.admin.framework.checks` looks after."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [one for one in super().get_urls() if getattr(one, "name", None) not in _UNUSED]

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Find pages by their title; there is one page of results."""
        left = request.GET.copy()
        left.pop("page", None)
        if not usable_text(left.get("s", "")):
            del left["s"]
        request.GET = left  # type: ignore[assignment]  # a copy can be changed, which nobody does
        return super().search(request, extra_context)

    @transaction.atomic
    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Let somebody change their own password, and record that it changed."""
        user = get_user_model()._default_manager.get_by_natural_key(request.user.get_username())
        kind = audited.kind_of(type(user))
        before = kind.of_row(user, lock=request.method == "POST")
        answer = super().password_change(request, extra_context)
        after = kind.of_row(user)
        if before != after:
            change = recording.change_of(user, recording.CHANGE, before, after)
            recording.append(request, [change])
        return answer
