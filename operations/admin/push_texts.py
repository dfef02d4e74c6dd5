"""The field of a form in which the push texts of an operation template are written."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from operations.template_checks.push_texts import LIMITS
from powerauth.admin.framework.unfolded import Textarea, TextInput

_OTHER = "other"
_WIDGETS = {"title": TextInput, "body": Textarea}
_LABELS = {"title": _("title"), "body": _("text")}
_ATTRIBUTES: Mapping[str, Mapping[str, Any]] = {"title": {}, "body": {"rows": 2}}

Texts = Mapping[str, Mapping[str, str]]


class PushTextsWidget(forms.MultiWidget):
    """Title and text in each language, and in one more that somebody names."""

    template_name = "backoffice/push_texts.html"

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        parts = {f"{place}_{member}": _part(member) for place, member in _places(languages)}
        language = TextInput(attrs={"aria-label": _("language"), "placeholder": _("language")})
        super().__init__({f"{_OTHER}_language": language, **parts})

    def decompress(self, value: Texts | None) -> list[str]:
        """Give the texts in the order of the parts."""
        texts = value or {}
        shown = [texts.get(place, {}).get(member, "") for place, member in _places(self.languages)]
        return ["", *shown]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        other, *parts = context["widget"]["subwidgets"]
        names = dict(settings.LANGUAGES)
        pairs = zip(parts[::2], parts[1::2], strict=True)
        *known, last = [{"title": title, "body": body} for title, body in pairs]
        context["rows"] = [
            {**row, "label": names.get(language, language)}
            for row, language in zip(known, self.languages, strict=True)
        ]
        context["other"] = {**last, "language": other}
        return context


class PushTextsField(forms.MultiValueField):
    """By language, an object of title and body; whatever is left empty is not there."""

    def __init__(self, *, languages: Sequence[str], **kwargs: Any) -> None:
        self.languages = tuple(languages)
        texts = [
            forms.CharField(required=False, max_length=LIMITS[member])
            for _place, member in _places(languages)
        ]
        super().__init__(
            [forms.CharField(required=False), *texts],
            required=False,
            require_all_fields=False,
            widget=PushTextsWidget(languages),
            **kwargs,
        )

    def compress(self, data_list: Sequence[str]) -> Texts:
        """Give the texts by language.

        Raises:
            ValidationError: the other language is one of those above.
        """
        if not data_list:
            return {}
        named, *values = data_list
        texts: dict[str, dict[str, str]] = {}
        for (place, member), text in zip(_places(self.languages), values, strict=True):
            if text:
                texts.setdefault(place, {})[member] = _lines(text)
        other = texts.pop(_OTHER, None)
        language = named.strip().lower()
        if language in texts or (other and language in self.languages):
            raise forms.ValidationError(_("The other language has a line of its own."))
        return texts if other is None else {**texts, language: other}


def languages_of(stored: object) -> list[str]:
    """List the languages that the server offers, and those that there are texts in."""
    offered = [code for code, _name in settings.LANGUAGES]
    others = stored if isinstance(stored, Mapping) else {}
    return [*offered, *(code for code in others if code not in offered)]


def _places(languages: Sequence[str]) -> list[tuple[str, str]]:
    return [(place, member) for place in (*languages, _OTHER) for member in LIMITS]


def _part(member: str) -> forms.Widget:
    named = {"aria-label": _LABELS[member], "placeholder": _LABELS[member]}
    return _WIDGETS[member](attrs={**_ATTRIBUTES[member], **named, "maxlength": LIMITS[member]})


def _lines(text: str) -> str:
    # Browsers send lines this way, and catalogues have no carriage return.
    return text.replace("\r\n", "\n")
