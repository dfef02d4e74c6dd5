"""The page for a customer without a network: a QR code to scan, and a field for the code."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations import policy
from operations.models import Operation, OperationStatus
from operations.offline import offline, targets
from operations.offline.offline import OfflineDecision
from operations.offline.targets import Target
from operations.values import Result
from powerauth.admin.framework.choices import offer
from powerauth.admin.framework.pages import shown_page
from powerauth.admin.framework.qr import qr_svg
from powerauth.admin.framework.refusals import refusal_text
from powerauth.admin.framework.unfolded import Select, TextInput
from powerauth.engine.generations import choice
from powerauth.errors import EngineRefusal
from powerauth.models import Activation
from powerauth.qr_code import TextTooLong

TITLE = gettext_lazy("Offline approval")
TYPED = "_approve"  # name of the button below the code
BACK = "../change/"
MAX_CODE_LENGTH = 64  # characters, with whatever separates the groups
MAX_ACTIVATION_ID_LENGTH = 37  # characters
_ACTIVATION, _APPLICATION = "activation", "application"


class QrForm(forms.Form):
    """Whose QR code to show, and in which language."""

    target = forms.ChoiceField(label=gettext_lazy("For"), widget=Select)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), widget=Select, choices=settings.LANGUAGES
    )

    def __init__(
        self, *args: object, operation: Operation, activations: Sequence[Activation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        choices = [
            (f"{_ACTIVATION}:{row.pk}", f"{row.name or row.pk} ({row.application_id})")
            for row in activations
        ]
        for audience in targets.audiences(operation):
            name, generation = audience.application_id, audience.generation.number
            text = _("Everybody in %(application)s with protocol %(number)d")
            shown = text % {"application": name, "number": generation}
            choices.append((f"{_APPLICATION}{generation}:{name}", shown))
        offer(self, "target", choices)
        self.fields["language"].initial = policy.default_language()

    def chosen(self) -> Target:
        """Give whom the valid form names."""
        kind, _separator, name = self.cleaned_data["target"].partition(":")
        if kind == _ACTIVATION:
            return Target(activation_id=name)
        generation = choice.GENERATIONS[int(kind.removeprefix(_APPLICATION))]
        return Target(application_id=name, generation=generation)


class CodeForm(forms.Form):
    """The code that the user reads from the phone, and whose phone it is."""

    activation_id = forms.CharField(
        label=gettext_lazy("Activation"), max_length=MAX_ACTIVATION_ID_LENGTH, widget=TextInput
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=MAX_CODE_LENGTH,
        widget=TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text=gettext_lazy("16 digits, in any groups."),
    )

    def __init__(
        self, *args: object, target: Target, activations: Sequence[Activation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        self.fields["activation_id"].initial = target.activation_id
        if target.activation_id:
            self.fields["activation_id"].widget = forms.HiddenInput()
        elif activations:
            choices = [(str(row.pk), f"{row.name or row.pk}") for row in activations]
            self.fields["activation_id"].widget = Select(choices=choices)


def offline_page(
    model_admin: "admin.ModelAdmin[Any]", request: HttpRequest, operation: Operation
) -> HttpResponse:
    """Show the QR code of a pending operation, and decide by the code that is typed."""
    at = timezone.now()
    if operation.status_at(at) is not OperationStatus.PENDING:
        text = _("The operation is not pending any more.")
        model_admin.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(BACK)
    posted = request.POST if request.method == "POST" else None
    activations = targets.deciders(operation, at=at)
    qr_form = QrForm(posted, operation=operation, activations=activations)
    shown: dict[str, Any] = {"operation": operation, "qr_form": qr_form, "typed_name": TYPED}
    if qr_form.is_valid():
        target = qr_form.chosen()
        typed = posted if TYPED in request.POST else None
        code_form = CodeForm(typed, target=target, activations=activations)
        if code_form.is_valid() and _decided(model_admin, request, operation, code_form, at=at):
            return HttpResponseRedirect(BACK)
        if not code_form.errors:
            # A code that was tried is of no use any more.
            code_form = CodeForm(target=target, activations=activations)
        shown |= {"code_form": code_form, **_drawn(operation, qr_form, target, at=at)}
    return shown_page(model_admin, request, "backoffice/offline.html", title=TITLE, **shown)


def _drawn(operation: Operation, form: QrForm, target: Target, *, at: datetime) -> dict[str, Any]:
    """Give the QR code and its text; nothing, and the reason in the form, if there is none."""
    language = form.cleaned_data["language"]
    try:
        # What cannot be drawn leaves no nonce behind.
        with transaction.atomic():
            text = offline.create(str(operation.pk), target, language=language, at=at).offline_data
            return {"text": text, "qr": qr_svg(text)}
    except EngineRefusal as refusal:
        form.add_error(None, str(refusal_text(refusal)))
    except TextTooLong:
        form.add_error(None, _("The texts of the operation are too long for a QR code."))
    return {}


def _decided(
    model_admin: "admin.ModelAdmin[Any]",
    request: HttpRequest,
    operation: Operation,
    form: CodeForm,
    *,
    at: datetime,
) -> bool:
    """Try the code and say what came of it; tell whether the operation is not pending any more."""
    try:
        outcome = offline.approve(
            str(operation.pk),
            activation_id=form.cleaned_data["activation_id"],
            code=form.cleaned_data["code"],
            additional_data=None,
            at=at,
        )
    except EngineRefusal as refusal:
        form.add_error(None, str(refusal_text(refusal)))
        return False
    level, text = _outcome(outcome)
    model_admin.message_user(request, text, level)
    model_admin.log_change(request, operation, text)
    return outcome.decision.result is not Result.APPROVAL_FAILED


def _outcome(outcome: OfflineDecision) -> tuple[int, str]:
    operation = outcome.decision.operation
    match outcome.decision.result:
        case Result.APPROVED:
            return messages.SUCCESS, _("The operation is approved.")
        case Result.APPROVAL_FAILED if outcome.verdict.valid:
            return messages.ERROR, _("The code is right, but these factors do not suffice.")
        case Result.APPROVAL_FAILED:
            left = operation.max_failure_count - operation.failure_count
            text = _("The code is wrong. Attempts left for this operation: %(left)d.")
            return messages.ERROR, text % {"left": left}
        case _:
            return messages.ERROR, _("No attempt is left: the operation has failed.")
