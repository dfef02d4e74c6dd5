"""How a phone would show an operation made with a form template that is being written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from enrollment_server.api.payloads.json import MalformedJson, load_json
from operations.screen.form_data import TemplateTexts, build_form_data
from operations.screen.locales import parse_accept_language
from operations.screen.placeholders import BrokenTemplate, parse_json, scalar_text
from operations.screen.ui.extensions import build_ui
from operations.template_checks.usable_json import CHECKS

MAX_PARAMETERS_LENGTH = 20_000  # characters

_PLACEHOLDER = re.compile(r"(?<!\$)\$\{([^}:]+)(?::-[^}]*)?\}")
_SAMPLES = {
    "amount": "1949.90",
    "currency": "CZK",
    "sourceAmount": "1949.90",
    "sourceCurrency": "CZK",
    "targetAmount": "79.20",
    "targetCurrency": "EUR",
    "dynamic": "true",
    "level": "2",
    "type": "INFO",
    "iban": "CZ65 0800 0000 1920 0014 5399",
    "account": "238400856/0300",
    "dueDate": "2026-12-24",
    "note": "Christmas",
    "name": "Alice Example",
    "device": "Firefox on Linux",
    "place": "Prague",
}


class BrokenParameters(ValueError):
    """The sample parameters are no JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a phone would show; `problems` say why it would show nothing."""

    form_data: Mapping[str, Any] = field(default_factory=dict)
    ui: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def preview(texts: TemplateTexts, *, language: str, parameters_json: str) -> Preview:
    """Build what a phone would show in `language`.

    Args:
        language: as in `Accept-Language`; amounts follow it, and default texts of screens.
        parameters_json: a JSON object; a parameter that it lacks gets a sample value.
    """
    try:
        parameters = {**sample_parameters(texts), **_given(parameters_json)}
        return _built(texts, language=language, parameters=parameters)
    except (BrokenTemplate, BrokenParameters) as error:
        return Preview(problems=(str(error),))


def catalogue_of(language: str) -> str:
    """Give the language of the texts that are not the bank's, on a phone set to `language`."""
    wanted = parse_accept_language(language).language
    known = {code for code, _ in settings.LANGUAGES}
    return wanted if wanted in known else settings.LANGUAGE_CODE


def sample_parameters(texts: TemplateTexts) -> dict[str, str | None]:
    """Give a value for each parameter that the texts of a template mention."""
    members = (texts.title, texts.message, texts.ui or "", texts.result_texts or "")
    names = [name for member in members for name in _PLACEHOLDER.findall(member)]
    # What an attribute makes of a parameter says best what it may look like.
    roles = {name: name for name in names} | _attribute_parameters(texts.attributes or "")
    return {name: _SAMPLES.get(role, _SAMPLES.get(name, name)) for name, role in roles.items()}


def _attribute_parameters(text: str) -> dict[str, str]:
    """Give the role that each parameter plays in an attribute."""
    try:
        definitions = parse_json(text) if text.strip() else []
    except BrokenTemplate:
        return {}
    found: dict[str, str] = {}
    for definition in definitions if isinstance(definitions, list) else []:
        params = definition.get("params") if isinstance(definition, dict) else None
        for role, name in params.items() if isinstance(params, dict) else ():
            if isinstance(name, str) and name:
                found[name] = role
    return found


def _given(parameters_json: str) -> dict[str, str | None]:
    if not parameters_json.strip():
        return {}
    if len(parameters_json) > MAX_PARAMETERS_LENGTH:
        raise BrokenParameters(_("These are more sample parameters than anybody could read."))
    try:
        values = load_json(parameters_json.encode())
    except MalformedJson as error:
        raise BrokenParameters(_("The sample parameters are not JSON.")) from error
    if not isinstance(values, dict):
        raise BrokenParameters(_("The sample parameters have to be a JSON object."))
    return {str(name): scalar_text(value) for name, value in values.items()}


def _built(texts: TemplateTexts, *, language: str, parameters: Mapping[str, str | None]) -> Preview:
    problems = []
    for name, check in CHECKS.items():
        try:
            check(getattr(texts, name) or "")
        except BrokenTemplate as error:
            problems.append(f"{name}: {error}")
    if problems:
        return Preview(parameters=parameters, problems=tuple(problems))
    locale = parse_accept_language(language)
    ui = build_ui(
        texts.ui,
        risk_flags="",
        parameters=parameters,
        proximity_available=True,
        locale=locale,
    )
    return Preview(
        form_data=build_form_data(texts, parameters, locale), ui=ui or {}, parameters=parameters
    )
