"""What an activation speaks, and what its phone has to confirm: protocol-4.md 23.3, 27.2, 30."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from powerauth.admin.framework.tables import ColumnFilter
from powerauth.admin.framework.words import Word
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.generations.four import stored_keys as four
from powerauth.engine.generations.three import stored_keys as three
from powerauth.models import Activation, ActivationHistory, ActivationState
from powerauth.protocol.v4.suites import SUITES

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

UPGRADING, THREE, FOUR = "upgrading", "3", "4"
PROTOCOL_LABELS = {UPGRADING: "warning", THREE: "info", FOUR: "success"}


def protocol(activation: Activation) -> Word:
    """Name version and suite; a dash before the phone has exchanged keys."""
    if activation.version is None:
        return Word("", "-")
    spoken = f"{activation.version} ({activation.algorithm})"
    if not activation.pending_suite:
        return Word(str(activation.version), spoken)
    names = {"spoken": spoken, "suite": activation.pending_suite}
    return Word(UPGRADING, _("%(spoken)s, upgrade to %(suite)s waits") % names)


def upgrade(activation: Activation) -> str:
    """Say which upgrade waits for its confirmation, and since when if history still knows."""
    if not activation.pending_suite:
        return "-"
    started = (
        ActivationHistory.objects.filter(
            activation=activation, event_reason=PhoneChange.UPGRADE_STARTED
        )
        .order_by("-created_at")
        .values_list("created_at", flat=True)
        .first()
    )
    names = {"suite": activation.pending_suite}
    if started is None:
        return _("to %(suite)s, waits for the confirmation of the phone") % names
    names["time"] = date_format(timezone.localtime(started), "DATETIME_FORMAT")
    return _("to %(suite)s, waits for the confirmation of the phone since %(time)s") % names


def confirmation(activation: Activation) -> str:
    """Say whether the phone has confirmed the activation, where its protocol has that."""
    if activation.version != four.NUMBER:
        return "-"
    if activation.confirmation_pending:
        return _("waits for the confirmation of the phone")
    return _("confirmed by the phone")


def biometry(activation: Activation) -> str:
    """Say whether biometry is on; in protocol 3 it is the phone's own affair."""
    if activation.version is None:
        return "-"
    if activation.version != four.NUMBER and not activation.pending_suite:
        return _("only the phone knows")
    return _("on") if activation.biometry_enabled else _("off")


class ProtocolFilter(ColumnFilter):
    """Activations of a suite, or of all suites of protocol 4."""

    title = gettext_lazy("protocol")
    parameter_name = column = "algorithm"
    every_suite = "4"
    _SUITES: ClassVar[dict[str, list[str]]] = {
        three.SUITE: [three.SUITE],
        every_suite: [suite.name for suite in SUITES],
        **{suite.name: [suite.name] for suite in SUITES},
    }

    @classmethod
    def accepts(cls, value: str) -> bool:
        return value in cls._SUITES

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, "_StrOrPromise"]]:
        return [
            (three.SUITE, f"3 ({three.SUITE})"),
            (self.every_suite, gettext_lazy("4, every suite")),
            *[(suite.name, f"4 ({suite.name})") for suite in SUITES],
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        names = self._SUITES.get(self.value() or "")
        return queryset if names is None else queryset.filter(algorithm__in=names)


class UnconfirmedFilter(admin.SimpleListFilter):
    """Activations whose phones owe a confirmation, by their index."""

    title = gettext_lazy("waits for the phone")
    parameter_name = "unconfirmed"
    _WAITING: ClassVar[dict[str, Q]] = {
        "activation": Q(confirmation_pending=True),
        "upgrade": ~Q(pending_suite=""),
    }

    @classmethod
    def accepts(cls, value: str) -> bool:
        return value in cls._WAITING

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, "_StrOrPromise"]]:
        return [
            ("activation", gettext_lazy("Confirmation of the activation")),
            ("upgrade", gettext_lazy("Confirmation of an upgrade")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self._WAITING.get(self.value() or "")
        if wanted is None:
            return queryset
        return queryset.filter(wanted).exclude(state=ActivationState.REMOVED)
