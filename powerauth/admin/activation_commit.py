"""Finishing an activation that waits for commit: integration-api.md 6.4 and 7.5.

What makes a phone that of the customer is the comparison of the fingerprint, so that the form does
not let anybody forget it.
"""

from collections.abc import Mapping

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from powerauth.admin.framework.confirmation import Call, Verb
from powerauth.admin.framework.unfolded import CheckboxInput, TextInput
from powerauth.engine.activations import activation_status, activations, lifecycle, otp
from powerauth.models import Activation, ActivationState, CommitPhase

GROUP = 4  # digits that are read out at once
MAX_OTP_LENGTH = 255  # characters


class CommitForm(forms.Form):
    """What a clerk has made sure of."""

    compared = forms.BooleanField(
        label=gettext_lazy("The customer has read the same digits from the phone"),
        widget=CheckboxInput,
    )


class CommitWithOtpForm(CommitForm):
    """The same, where a one-time password is due on commit."""

    otp = forms.CharField(
        label=gettext_lazy("One-time password"),
        max_length=MAX_OTP_LENGTH,
        widget=TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("That the customer got from the bank. A wrong one is counted."),
    )


def waits_for_commit(activation: Activation) -> bool:
    """Tell whether somebody could commit an activation now."""
    return (
        activation.state == ActivationState.PENDING_COMMIT
        and activation.commit_phase == CommitPhase.ON_COMMIT
        and not activations.is_expired(activation, at=timezone.now())
    )


def fingerprint_text(activation: Activation) -> str:
    """Give the digits that customer and clerk compare, in groups; a dash before there are any."""
    digits = activation_status.fingerprint(activation) or ""
    groups = (digits[start : start + GROUP] for start in range(0, len(digits), GROUP))
    return " ".join(groups) or "-"


def _form_of(activation: Activation) -> type[forms.Form]:
    due = otp.due_phase(activation) is CommitPhase.ON_COMMIT
    return CommitWithOtpForm if due else CommitForm


def _facts(activation: Activation) -> Mapping[str, str]:
    facts = {_("User"): activation.user_id, _("Fingerprint"): fingerprint_text(activation)}
    if activation.confirmation_pending:
        facts[_("Confirmation by the phone")] = _("still to come; the commit may go before it")
    return facts


def _commit(activation: Activation, call: Call) -> None:
    lifecycle.commit(
        str(activation.pk),
        otp_text=call.answers.get("otp"),
        external_user_id=call.user_name,
        at=timezone.now(),
    )


COMMIT = Verb(
    name="commit",
    permission="commit",
    icon="verified",
    title=gettext_lazy("Commit"),
    question=gettext_lazy("Does the phone of the customer show these digits?"),
    logged=gettext_lazy("Committed."),
    apply=_commit,
    form=CommitForm,
    form_of=_form_of,
    possible=waits_for_commit,
    impossible=gettext_lazy("It does not wait for a commit."),
    facts=_facts,
)
