"""The parameters that a form template names, against those that its operations have.

What a user decides by has to be part of the data that they sign; pictures and hints need not.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from operations.screen.attribute_definitions import FIELDS
from operations.screen.form_data import TemplateTexts
from operations.screen.placeholders import BrokenTemplate, parse_json, references
from operations.template_checks.attributes import place_of
from operations.template_checks.problems import Problem, closest, did_you_mean

EVERY = "*"
_DISPLAYED = frozenset({"HEADING", "ALERT", "IMAGE", "PARTY_INFO"})
_DISPLAYED_FIELDS = frozenset({"dynamic"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """The parameters of one type of operation.

    Args:
        signed: named by its data templates; none if no data template has a placeholder.
        elsewhere: named by its form templates in other languages.
        unsigned: those that the bank shows without being signed; `EVERY` stands for all.
    """

    signed: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    unsigned: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place where a form template names a parameter.

    Args:
        decisive: whether a user decides by what stands there.
        required: whether a phone shows less, or a placeholder, without it.
    """

    member: str
    place: str
    name: str
    decisive: bool
    required: bool


def uses(template: TemplateTexts) -> Iterator[Use]:
    """Give every use of a parameter; JSON that is broken has none."""
    yield from _in_text("title", template.title, decisive=True)
    yield from _in_text("message", template.message, decisive=True)
    for number, definition in enumerate(definitions_of(template.attributes), start=1):
        yield from _in_attribute(place_of(number, definition), definition)
    yield from _in_text("ui", template.ui or "", decisive=False)
    yield from _in_text("result_texts", template.result_texts or "", decisive=False)


def definitions_of(attributes: str | None) -> list[dict[str, Any]]:
    """Give the attribute definitions that are JSON objects."""
    try:
        parsed = parse_json(attributes) if attributes and attributes.strip() else []
    except BrokenTemplate:
        return []
    found = parsed if isinstance(parsed, list) else []
    return [definition for definition in found if isinstance(definition, dict)]


def parameter_problems(template: TemplateTexts, known: KnownNames) -> Iterator[Problem]:
    """Tell of each use of a parameter that the operations of the type do not have."""
    named = list(uses(template))
    others = (known.signed | known.elsewhere) - {use.name for use in named}
    for use in named:
        if use.name in known.signed | known.unsigned or EVERY in known.unsigned:
            continue
        if use.decisive and known.signed:
            text = _("no data template of this operation type has the parameter '{name}'")
        elif use.name not in known.elsewhere and closest(use.name, others):
            text = _("unknown parameter '{name}'")
        else:
            continue
        complaint = did_you_mean(text.format(name=use.name), use.name, others | known.signed)
        yield Problem(
            member=use.member, text=f"{use.place}: {complaint}" if use.place else complaint
        )


def names_in_data(data_templates: Collection[str]) -> frozenset[str]:
    """Give the parameters that data templates name."""
    return frozenset(
        reference.name for template in data_templates for reference in references(template)
    )


def _in_text(member: str, text: str, *, decisive: bool) -> Iterator[Use]:
    for reference in references(text):
        yield Use(
            member=member,
            place="",
            name=reference.name,
            decisive=decisive,
            required=not reference.has_default,
        )


def _in_attribute(place: str, definition: Mapping[str, Any]) -> Iterator[Use]:
    kind, params = definition.get("type"), definition.get("params")
    for name, parameter in params.items() if isinstance(params, dict) else ():
        if isinstance(parameter, str) and parameter:
            displayed = kind in _DISPLAYED or name in _DISPLAYED_FIELDS
            yield Use(
                member="attributes",
                place=place,
                name=parameter,
                decisive=not displayed,
                required=not displayed and _must_show(kind),
            )


def _must_show(kind: object) -> bool:
    # An optional note may be absent; an amount may not, and who knows about a mistyped one.
    return kind not in FIELDS or kind in ("AMOUNT", "AMOUNT_CONVERSION")
