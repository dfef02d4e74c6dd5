"""What an operation lacks so that its user signs and sees all of it: mobile-token-api.md 5, 12."""

from collections.abc import Iterable, Mapping

from operations.screen.form_data import TemplateTexts
from operations.screen.placeholders import references
from operations.template_checks.parameters import uses


def missing_parameters(needed: Iterable[str], parameters: Mapping[str, str | None]) -> list[str]:
    """Name the parameters that an operation needs and does not have, in the order of their use."""
    return [name for name in needed if parameters.get(name) is None]


def needed_parameters(data_template: str, forms: Iterable[TemplateTexts]) -> tuple[str, ...]:
    """Name the parameters that operations of a template need, in the order of their use.

    Needed is what a placeholder without a default stands for, in the data and in the texts, and
    what an amount is made of: a phone leaves an amount out that lacks its number or currency.
    """
    needed = [one.name for one in references(data_template) if not one.has_default]
    needed += [use.name for form in forms for use in uses(form) if use.required]
    return tuple(dict.fromkeys(needed))
