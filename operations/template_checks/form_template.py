"""All that is wrong with one form template. Source: mobile-token-api.md 5, 7."""

from collections.abc import Iterator
from typing import Any, cast

from operations.screen.form_data import TemplateTexts
from operations.screen.json_templates import expand_json
from operations.screen.placeholders import BrokenTemplate
from operations.template_checks.attributes import attribute_problems
from operations.template_checks.languages import language_problems
from operations.template_checks.parameters import (
    KnownNames,
    definitions_of,
    parameter_problems,
)
from operations.template_checks.problems import Problem
from operations.template_checks.screens import screen_problems
from operations.template_checks.urls import UrlRules
from operations.template_checks.usable_json import CHECKS


def problems(
    template: TemplateTexts, *, known: KnownNames, urls: UrlRules | None = None
) -> list[Problem]:
    """List what is wrong with a form template; nothing for one that says what it means.

    Args:
        known: the parameters of its operation type.
        urls: where it may lead; by default, to every host over TLS.
    """
    broken = list(_broken(template))
    spoiled = {problem.member for problem in broken}
    found = [*_of("language", language_problems(template.language)), *broken]
    if "attributes" not in spoiled:
        found += _of("attributes", attribute_problems(definitions_of(template.attributes)))
    if "ui" not in spoiled and _has(template.ui):
        # Placeholders without a default stay, and say that only an operation decides.
        ui = cast("dict[str, Any]", expand_json(template.ui or "", {}))
        found += _of("ui", screen_problems(ui, urls or UrlRules()))
    found += [one for one in parameter_problems(template, known) if one.member not in spoiled]
    return found


def _has(text: str | None) -> bool:
    return bool(text and text.strip())


def _of(member: str, texts: Iterator[str]) -> list[Problem]:
    return [Problem(member=member, text=text) for text in texts]


def _broken(template: TemplateTexts) -> Iterator[Problem]:
    for member, check in CHECKS.items():
        try:
            check(getattr(template, member) or "")
        except BrokenTemplate as error:
            yield Problem(member=member, text=str(error))
