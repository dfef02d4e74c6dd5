"""What an application takes part in: its master keys, and what new activations may begin with.

Source: protocol-4.md 19.1, 20.1, 28, 34.1.
"""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from powerauth.admin.framework.confirmation import Call, Verb
from powerauth.admin.framework.unfolded import CheckboxInput, CheckboxSelectMultiple
from powerauth.engine.applications import (
    application_config,
    key_completion,
    master_keys,
    supported_algorithms,
)
from powerauth.engine.applications.config_values import (
    ALGORITHM_NAMES,
    ALGORITHMS,
    EC_P256,
    NO_DEVICE_KEY_BY_BIOMETRY,
)
from powerauth.engine.generations.four.vault import biometry_opens_device_key
from powerauth.errors import EngineRefusal
from powerauth.models import Application
from powerauth.protocol.encoding import b64
from powerauth.protocol.v4.suites import SUITES, available_suites

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_GROUP = 4  # hexadecimal digits that are read out at once


def warnings(application: Application) -> list[str]:
    """Say what keeps phones of protocol 4.0 away."""
    found = []
    if lacking := [algorithm.name for algorithm in master_keys.lacking_of(application.pk)]:
        text = _("There are no master keys of %(names)s: phones that need them are refused.")
        found.append(text % {"names": ", ".join(lacking)})
    missing = [suite.name for suite in SUITES if suite not in available_suites()]
    if missing:
        text = _("The cryptographic library of this server cannot do %(names)s.")
        found.append(text % {"names": ", ".join(missing)})
    return found


def readiness(application: Application) -> str:
    """Say whether phones of protocol 4.0 can come, and if not, why."""
    return " ".join(warnings(application)) or _("ready")


def suites(application: Application) -> str:
    """Name what new activations may begin with."""
    told = [_title(name) for name in supported_algorithms.configured(application.pk)]
    return ", ".join(str(title) for title in told) or _("none")


def keys(application: Application) -> SafeString:
    """Show the public halves of the master keys that are used, by their algorithm."""
    try:
        found = master_keys.public_keys(application.pk)
    except EngineRefusal:
        found = {}
    rows = [
        {"algorithm": name, "fingerprint": _fingerprint(key), "text": b64(key), "size": len(key)}
        for name, key in found.items()
    ]
    return render_to_string("backoffice/master_keys.html", {"rows": rows})


def _fingerprint(key: bytes) -> str:
    digits = sha256(key).hexdigest()
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def _title(name: str) -> "_StrOrPromise":
    return f"3 ({name})" if name == EC_P256 else f"4 ({name})"


def _complete(application: Application, call: Call) -> None:
    key_completion.add_lacking(application.pk)


COMPLETE_KEYS = Verb(
    name="complete_keys",
    permission="configure",
    icon="key",
    title=gettext_lazy("Add the master keys of protocol 4.0"),
    question=gettext_lazy(
        "Do you want to make the master keys that are missing? Apps of protocol 4.0 are built with "
        "the new configuration text; those of before go on with theirs."
    ),
    logged=gettext_lazy("Master keys were added."),
    apply=_complete,
    possible=lambda application: bool(master_keys.lacking_of(application.pk)),
    impossible=gettext_lazy("None is missing."),
)


class ProtocolForm(forms.Form):
    """What new activations may begin with, and what biometry may do."""

    algorithms = forms.MultipleChoiceField(
        label=gettext_lazy("New activations may begin with"),
        widget=CheckboxSelectMultiple,
        choices=[(name, _title(name)) for name in ALGORITHM_NAMES],
        help_text=gettext_lazy(
            "Activations that there are go on with what they have. Without 3 (EC_P256), phones of "
            "protocol 3 cannot be activated any more."
        ),
    )
    biometry_unlocks = forms.BooleanField(
        label=gettext_lazy("Biometry may unlock the private keys of phones of protocol 4.0"),
        required=False,
        widget=CheckboxInput,
        help_text=gettext_lazy("Otherwise the PIN has to."),
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._application_id = application.pk
        self.fields["algorithms"].initial = supported_algorithms.configured(application.pk)
        self.fields["biometry_unlocks"].initial = biometry_opens_device_key(application.pk)

    def save(self) -> None:
        """Store what differs from the default, and remove what does not.

        Raises:
            EngineRefusal: see `application_config.store`.
        """
        chosen = self.cleaned_data["algorithms"]
        every = len(chosen) == len(ALGORITHM_NAMES)
        self._set(ALGORITHMS, [] if every else chosen)
        forbidden = [] if self.cleaned_data["biometry_unlocks"] else ["true"]
        self._set(NO_DEVICE_KEY_BY_BIOMETRY, forbidden)

    def _set(self, key: str, values: list[str]) -> None:
        if values:
            application_config.store(self._application_id, key, values)
        else:
            application_config.remove(self._application_id, key)
