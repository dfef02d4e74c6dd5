"""A new activation by the back office: integration-api.md 7.1."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.choices import application_choices, offer
from powerauth.admin.framework.unfolded import CheckboxInput, NumberInput, Select, TextInput
from powerauth.engine import policy
from powerauth.engine.activations import activation_init
from powerauth.engine.activations.activation_init import InitializedActivation, InitRequest
from powerauth.models import CommitPhase
from powerauth.models.application import ID_LENGTH

MAX_VALIDITY_MIN = 7 * 24 * 60


class InitForm(forms.Form):
    """Whose activation it is, in which application, and how it comes into being."""

    user_id = forms.CharField(label=_("User"), max_length=ID_LENGTH, widget=TextInput)
    application_id = forms.ChoiceField(label=_("Application"), widget=Select)
    flags = forms.CharField(
        label=_("Flags"),
        required=False,
        max_length=255,
        widget=TextInput,
        help_text=_("Separated by commas."),
    )
    validity_min = forms.IntegerField(
        label=_("Validity of the code in minutes"),
        required=False,
        min_value=1,
        max_value=MAX_VALIDITY_MIN,
        widget=NumberInput,
    )
    commit_now = forms.BooleanField(
        label=_("Active as soon as the phone has the code, without a check"),
        required=False,
        initial=False,
        widget=CheckboxInput,
        help_text=_(
            "Otherwise it waits until somebody has compared the digits on the phone with those on "
            "the page of the activation, and commits it there or over the integration API."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        offer(self, "application_id", application_choices())
        minutes = int(policy.activation_validity().total_seconds() // 60)
        self.fields["validity_min"].initial = max(1, minutes)

    def clean_flags(self) -> list[str]:
        names = (name.strip() for name in self.cleaned_data["flags"].split(","))
        return [name for name in names if name]

    def create(self) -> InitializedActivation:
        """Create the activation.

        Raises:
            EngineRefusal: see `activation_init.init`.
        """
        values = self.cleaned_data
        at = timezone.now()
        minutes = values["validity_min"]
        request = InitRequest(
            user_id=values["user_id"],
            application_id=values["application_id"],
            flags=values["flags"],
            expires_at=at + timedelta(minutes=minutes) if minutes else None,
            commit_phase=(
                CommitPhase.ON_KEY_EXCHANGE if values["commit_now"] else CommitPhase.ON_COMMIT
            ),
        )
        return activation_init.init(request, at=at)
