"""What the back office can do with an activation: integration-api.md 7.7 to 7.10."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.confirmation import Call, Verb
from powerauth.admin.framework.unfolded import TextInput
from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationState


class BlockingForm(forms.Form):
    """Why an activation is blocked; the phone may show it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=lifecycle.MAX_TEXT,
        required=False,
        widget=TextInput,
        help_text=_("A code such as LOST_PHONE; NOT_SPECIFIED if you leave it empty."),
    )


def _block(activation: Activation, call: Call) -> None:
    lifecycle.block(
        str(activation.pk),
        reason=call.answers["reason"] or None,
        external_user_id=call.user_name,
        at=timezone.now(),
    )


def _unblock(activation: Activation, call: Call) -> None:
    lifecycle.unblock(str(activation.pk), external_user_id=call.user_name, at=timezone.now())


def _remove(activation: Activation, call: Call) -> None:
    lifecycle.remove(str(activation.pk), external_user_id=call.user_name, at=timezone.now())


def is_active(activation: Activation) -> bool:
    """Tell whether there is something to block."""
    return activation.state == ActivationState.ACTIVE


def is_blocked(activation: Activation) -> bool:
    """Tell whether there is something to unblock."""
    return activation.state == ActivationState.BLOCKED


def is_there(activation: Activation) -> bool:
    """Tell whether there is something to remove."""
    return activation.state != ActivationState.REMOVED


IMPOSSIBLE = _("The state of the activation does not allow this.")
BLOCK = Verb(
    name="block",
    permission="block",
    icon="lock",
    title=_("Block"),
    question=_("Do you want to block these activations? Their phones cannot sign until unblocked."),
    logged=_("Blocked."),
    apply=_block,
    form=BlockingForm,
    possible=is_active,
    impossible=IMPOSSIBLE,
)
UNBLOCK = Verb(
    name="unblock",
    permission="unblock",
    icon="lock_open",
    title=_("Unblock"),
    question=_("Do you want to unblock these activations? They get all their attempts back."),
    logged=_("Unblocked."),
    apply=_unblock,
    possible=is_blocked,
    impossible=IMPOSSIBLE,
)
REMOVE = Verb(
    name="remove",
    permission="remove",
    icon="delete",
    title=_("Remove"),
    question=_("Do you want to remove these activations for good? This cannot be undone."),
    logged=_("Removed."),
    apply=_remove,
    possible=is_there,
    impossible=IMPOSSIBLE,
)
