"""Words for values that the protocol writes as codes."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.engine.signatures import judgement
from powerauth.protocol.errors import MalformedHeader
from powerauth.protocol.v3.signature import SignatureType

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_FACTORS = {
    "possession": pgettext_lazy("authentication factor", "possession"),
    "knowledge": pgettext_lazy("authentication factor", "knowledge"),
    "biometry": pgettext_lazy("authentication factor", "biometry"),
}
_NOTES: dict[str, "_StrOrPromise"] = {
    judgement.SIGNATURE_OK: gettext_lazy("right"),
    judgement.SIGNATURE_DOES_NOT_MATCH: gettext_lazy("does not match"),
    judgement.INVALID_APPLICATION: gettext_lazy("wrong version of the application"),
    judgement.INVALID_STATE: gettext_lazy("state of the activation does not allow it"),
    judgement.COUNTER_MISMATCH: gettext_lazy("counters differ too much"),
}


class Word(tuple[str, "_StrOrPromise"]):
    """A value and the word for it.

    A list draws it as a label in the colour of the value; wherever it is written as text, only
    the word is.
    """

    __slots__ = ()

    def __new__(cls, value: str, word: "_StrOrPromise") -> "Word":
        return super().__new__(cls, (value, word))

    def __str__(self) -> str:
        return str(self[1])


def signature_kind(name: str) -> str:
    """Name the factors of a signature type, in any letter case; a foreign one stays as it is."""
    try:
        kind = SignatureType.parse(name)
    except MalformedHeader:
        return name
    return " + ".join(str(_FACTORS[factor]) for factor in kind.factors)


def signature_kinds(names: Iterable[Any]) -> str:
    """Name several signature types, with a comma between them."""
    return ", ".join(signature_kind(str(name)) for name in names) or _("none")


def note(code: str) -> Word:
    """Give the word for what came of verifying a signature."""
    return Word(code, _NOTES.get(code, code))


def reason(code: str) -> str:
    """Give the word for what a phone has changed; what back ends say stays as it is."""
    if code in PhoneChange.values:
        return str(PhoneChange(code).label)
    return code or "-"


def duration(span: timedelta) -> str:
    """Say how long a time is, from days down to what is left of a second."""
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    milliseconds = span.microseconds // 1000
    parts = [
        ngettext("%(count)d day", "%(count)d days", span.days) % {"count": span.days},
        ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours},
        ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes},
        ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds},
        ngettext("%(count)d millisecond", "%(count)d milliseconds", milliseconds)
        % {"count": milliseconds},
    ]
    numbers = (span.days, hours, minutes, seconds, milliseconds)
    told = [text for text, number in zip(parts, numbers, strict=True) if number]
    return " ".join(told) or parts[3]
