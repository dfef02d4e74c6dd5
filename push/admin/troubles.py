"""What keeps messages from arriving, said on every page about push to those who can mend it."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from powerauth.admin.framework.links import may_view
from powerauth.admin.framework.tables import TableAdmin
from push.models import PushChannel

CREDENTIALS = "push.pushappcredentials"


def troubles(*, at: datetime) -> list[str]:
    """Say by which ways to providers nothing gets through; one statement, over a small table."""
    troubled = Q(refused_at__isnull=False) | Q(open_until__gt=at)
    rows = PushChannel.objects.filter(troubled, enabled=True)
    return [_told(channel) for channel in rows.order_by("application_id", "platform")]


def troubles_for(request: HttpRequest) -> list[str]:
    """Say it to those who may see credentials, and nothing to others."""
    return troubles(at=timezone.now()) if may_view(request, CREDENTIALS) else []


def _told(channel: PushChannel) -> str:
    values = {
        "platform": channel.get_platform_display(),
        "application": channel.application_id,
        "reason": channel.refused_reason or "-",
    }
    if channel.refused_at is not None:
        text = _(
            "%(platform)s refuses the credentials of %(application)s since %(moment)s: %(reason)s. "
            "Messages wait for other ones."
        )
        return text % {**values, "moment": _moment(channel.refused_at)}
    text = _(
        "%(platform)s does not answer for %(application)s. Messages wait, and are tried again at "
        "%(moment)s."
    )
    return text % {**values, "moment": _moment(channel.open_until or channel.refused_at)}


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else "-"


class TroubledAdmin(TableAdmin):
    """An admin whose pages begin with what keeps messages from arriving."""

    list_before_template: ClassVar[str] = "backoffice/push_troubles.html"
    change_form_outer_before_template: ClassVar[str] = "backoffice/push_troubles.html"

    def troubles(self, request: HttpRequest) -> list[str]:
        """Give what the pages begin with."""
        return troubles_for(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {**(extra_context or {}), "push_troubles": self.troubles(request)}
        return super().changelist_view(request, context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {**(extra_context or {}), "push_troubles": self.troubles(request)}
        return super().changeform_view(request, object_id, form_url, context)
