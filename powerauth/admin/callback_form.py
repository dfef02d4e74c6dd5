"""What the back office asks of a callback: integration-api.md 11.1.

A field of a secret is always empty: what is typed replaces the secret, nothing keeps it. At another
scheme, host or port nothing is kept, and what is used there has to be typed again.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.choices import application_choices, offer
from powerauth.admin.framework.unfolded import (
    CheckboxInput,
    CheckboxSelectMultiple,
    NumberInput,
    PasswordInput,
    Select,
    TextInput,
)
from powerauth.engine.callbacks import callback_move, callbacks
from powerauth.engine.callbacks.callback_authentication import (
    METHODS,
    SECRETS,
    TEXT_LENGTH,
    Authentication,
    Certificate,
    HttpBasic,
    OAuth2,
)
from powerauth.engine.callbacks.callbacks import LONGEST, MAX_ATTEMPTS, Configuration
from powerauth.models import Callback, CallbackType
from powerauth.models.application import ID_LENGTH
from powerauth.models.callback import URL_LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

ATTRIBUTES = {
    CallbackType.ACTIVATION_STATUS_CHANGE: (
        *("userId", "activationName", "deviceInfo", "platform", "protocol"),
        *("activationFlags", "activationStatus", "blockedReason", "applicationId"),
    ),
    CallbackType.OPERATION_STATUS_CHANGE: (
        *("userId", "applications", "operationType", "parameters", "additionalData"),
        *("activationFlag", "status", "data", "failureCount", "maxFailureCount"),
        *("signatureType", "externalId", "timestampCreated", "timestampExpires"),
        "timestampFinalized",
    ),
}
_DAY = timedelta(days=1)
_STORE = _("A PEM or PKCS#12 file of the server, below the folder CALLBACK_FILES_DIR.")
_KEPT = _(
    "Leave it empty to keep the one that is set. It is not kept when scheme, host or port of a URL "
    "changes."
)
_AGAIN = _("Scheme, host or port of a URL has changed: enter it again, or switch this way off.")
_FILE_AGAIN = _(
    "Scheme, host or port of a URL has changed: save it without the client certificate first, and "
    "add that afterwards."
)


def _text(label: "_StrOrPromise", help_text: "_StrOrPromise" = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=TEXT_LENGTH,
        widget=TextInput,
        help_text=help_text,
        strip=False,
    )


def _secret(label: "_StrOrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=TEXT_LENGTH,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_KEPT,
        strip=False,
    )


def _switch(label: "_StrOrPromise") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=CheckboxInput)


class CallbackForm(forms.Form):
    """A callback, new or as it is."""

    application_id = forms.ChoiceField(label=_("Application"), widget=Select)
    name = forms.CharField(label=_("Name"), max_length=ID_LENGTH, widget=TextInput)
    type = forms.ChoiceField(label=_("Tells of"), choices=CallbackType.choices, widget=Select)
    url = forms.CharField(
        label=_("URL"),
        max_length=URL_LENGTH,
        widget=TextInput,
        help_text=_(
            "With another scheme, host or port, here or in the token URI, all stored credentials "
            "are dropped: enter them again."
        ),
    )
    attributes = forms.MultipleChoiceField(
        label=_("Attributes"),
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("What is sent besides the type and the identifier."),
    )
    max_attempts = forms.IntegerField(
        label=_("Maximum of attempts"),
        required=False,
        min_value=1,
        max_value=MAX_ATTEMPTS,
        widget=NumberInput,
        help_text=_("As the server is configured, if you leave it empty."),
    )
    initial_backoff_s = forms.FloatField(
        label=_("Pause after the first failure, in seconds"),
        required=False,
        min_value=0,
        max_value=LONGEST.total_seconds(),
        widget=NumberInput(attrs={"step": "any"}),
        help_text=_("As the server is configured, if you leave it empty."),
    )
    retention_d = forms.FloatField(
        label=_("Days to keep delivered events"),
        required=False,
        min_value=0,
        max_value=LONGEST / _DAY,
        widget=NumberInput(attrs={"step": "any"}),
        help_text=_("As the server is configured, if you leave it empty."),
    )
    http_basic__enabled = _switch(_("Authenticate by user name and password"))
    http_basic__username = _text(_("User name"))
    http_basic__password = _secret(_("Password"))
    oauth2__enabled = _switch(_("Authenticate by an OAuth 2.0 access token"))
    oauth2__token_uri = _text(_("Token URI"))
    oauth2__client_id = _text(_("Client identifier"))
    oauth2__client_secret = _secret(_("Client secret"))
    oauth2__scope = _text(_("Scope"))
    certificate__enabled = _switch(_("Use certificates of its own"))
    certificate__use_custom_key_store = _switch(_("Authenticate by a client certificate"))
    certificate__key_store_location = _text(_("File of the client certificate"), _STORE)
    certificate__key_store_password = _secret(_("Password of this file"))
    certificate__key_alias = _text(_("Name of the key in it"))
    certificate__key_password = _secret(_("Password of the key"))
    certificate__use_custom_trust_store = _switch(_("Trust only the authorities of a file"))
    certificate__trust_store_location = _text(_("File of the authorities"), _STORE)
    certificate__trust_store_password = _secret(_("Password of this file"))

    def __init__(
        self, data: Any = None, files: Any = None, *, callback: Callback | None = None
    ) -> None:
        super().__init__(data, files, initial=_initial(callback) if callback else None)
        self._callback = callback
        places = application_choices()
        if callback is not None:
            # A callback stays where it is: its events are of that application.
            places = [(callback.application_id, callback.application_id)]
        known = dict.fromkeys(name for names in ATTRIBUTES.values() for name in names)
        known |= dict.fromkeys(callback.attributes if callback else ())
        offer(self, "application_id", places)
        offer(self, "attributes", [(name, name) for name in known])

    def clean(self) -> dict[str, Any]:
        callback = self._callback
        if callback is not None and not self.errors and self.goes_elsewhere():
            self._ask_again(callbacks.authentication_of(callback))
        return self.cleaned_data

    def goes_elsewhere(self) -> bool:
        """Tell whether the callback would reach another scheme, host or port than it does now."""
        callback = self._callback
        return callback is not None and callbacks.goes_elsewhere(callback, self.configuration())

    def _ask_again(self, stored: Authentication) -> None:
        """Point at what is stored only and would be used elsewhere."""
        wanted = self.configuration().authentication
        for method, name in callback_move.needed_again(wanted, stored):
            self.add_error(f"{method}__{name}", _AGAIN)
        # The browser sends the name of the file as it found it; nobody has typed it.
        if callback_move.shows_same_key(wanted, stored):
            self.add_error("certificate__key_store_location", _FILE_AGAIN)

    def configuration(self) -> Configuration:
        """Give what the form says."""
        values = self.cleaned_data
        backoff, retention = values["initial_backoff_s"], values["retention_d"]
        return Configuration(
            name=values["name"],
            type=CallbackType(values["type"]),
            url=values["url"],
            attributes=values["attributes"],
            authentication=Authentication(
                certificate=Certificate(**self._members("certificate")),
                http_basic=HttpBasic(**self._members("http_basic")),
                oauth2=OAuth2(**self._members("oauth2")),
            ),
            max_attempts=values["max_attempts"],
            initial_backoff=None if backoff is None else timedelta(seconds=backoff),
            retention=None if retention is None else timedelta(days=retention),
        )

    def _members(self, method: str) -> dict[str, Any]:
        prefix = f"{method}__"
        members = {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        }
        return {name: None if value == "" else value for name, value in members.items()}


def _initial(callback: Callback) -> dict[str, Any]:
    """Give what a callback says, without its secrets."""
    backoff, retention = callback.initial_backoff_ms, callback.retention_s
    values: dict[str, Any] = {
        "application_id": callback.application_id,
        "name": callback.name,
        "type": callback.type,
        "url": callback.url,
        "attributes": callback.attributes,
        "max_attempts": callback.max_attempts,
        "initial_backoff_s": None if backoff is None else backoff / 1000,
        "retention_d": None if retention is None else timedelta(seconds=retention) / _DAY,
    }
    authentication = callbacks.authentication_of(callback)
    return values | {
        f"{method}__{name}": value
        for method in METHODS
        for name, value in asdict(getattr(authentication, method)).items()
        if name not in SECRETS
    }
