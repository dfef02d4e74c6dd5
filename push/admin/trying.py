"""One message to look at: written here, sent by the worker, and what became of it, told at once."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.tables import TableAdmin
from powerauth.admin.framework.unfolded import Textarea, TextInput
from powerauth.announcements import MAX_BODY_LENGTH, MAX_TITLE_LENGTH
from push import sendable
from push.messages.values import PushMessage, Text
from push.models import DeliveryState, PushDelivery
from push.outbox import waiting

PATIENCE_S = 5.0  # of somebody who looks at the screen and at the phone
SOUND = "default"
_LEVELS = {
    DeliveryState.SENT: notices.SUCCESS,
    DeliveryState.FAILED: notices.ERROR,
    DeliveryState.EXPIRED: notices.ERROR,
}


class WordsForm(forms.Form):
    """What a phone shows."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE_LENGTH, widget=TextInput)
    body = forms.CharField(label=_("Text"), max_length=MAX_BODY_LENGTH, widget=Textarea)

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        try:
            sendable.check(self.message(), at=timezone.now())
        except sendable.InvalidMessage as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        except sendable.MessageTooLong as refusal:
            text = gettext("No provider takes so long a message.")
            raise forms.ValidationError(text) from refusal

    def message(self) -> PushMessage:
        """Give the message that the form says."""
        values = self.cleaned_data
        return PushMessage(
            title=Text(text=values["title"]), body=Text(text=values["body"]), sound=SOUND
        )


def tell(model_admin: TableAdmin, request: HttpRequest, message_ids: Sequence[int]) -> None:
    """Wait a little, and say on the next page what became of messages; not in a transaction."""
    if not message_ids:
        text = gettext("Nothing was sent: there is no device for it.")
        model_admin.message_user(request, text, notices.ERROR)
        return
    waiting.wait(message_ids, timeout_s=PATIENCE_S)
    rows = PushDelivery.objects.filter(message_id__in=message_ids).order_by("pk")
    for delivery in rows[:10]:
        state = DeliveryState(delivery.state)
        text = f"{delivery.get_platform_display()}: {state.label}"
        reason = f" ({delivery.reason})" if delivery.reason else ""
        model_admin.message_user(request, text + reason, _LEVELS.get(state, notices.WARNING))
