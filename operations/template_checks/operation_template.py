"""What is wrong with an operation template.

Source: mobile-token-api.md 12, integration-api.md 12.
"""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from operations.screen.currencies import is_known
from operations.screen.form_data import TemplateTexts
from operations.screen.placeholders import references
from operations.template_checks.parameters import EVERY, names_in_data, uses

_FIELD = re.compile(r"(?<!\\)\*")
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_NAME = re.compile(r"[^\s${}:]+")
# Of an amount that names its currency instead of taking it from a parameter.
_CURRENCY = re.compile(r"[0-9}](?P<code>[A-Za-z]+)$")


def data_problems(data_template: str) -> Iterator[str]:
    """Tell what is wrong with a data template by itself."""
    if "${" in _PLACEHOLDER.sub("", data_template).replace("$${", ""):
        yield _("a placeholder is not closed by }")
    for reference in references(data_template):
        if _NAME.fullmatch(reference.name) is None:
            yield _("'{name}' is no name of a parameter").format(name=reference.name)
    for field in _FIELD.split(data_template)[1:]:
        match = _CURRENCY.search(field) if field.startswith("A") else None
        if match and not is_known(match["code"]):
            yield _("'{code}' is no currency of ISO 4217").format(code=match["code"])


def unsigned_problems(
    data_templates: Iterable[str],
    forms: Iterable[tuple[str, TemplateTexts]],
    *,
    unsigned: frozenset[str],
) -> Iterator[str]:
    """Tell of what users would decide by without signing it.

    Args:
        data_templates: of all operation templates of one type.
        forms: name and texts of the form templates of this type.
        unsigned: parameters that the bank shows without being signed.
    """
    signed = names_in_data(list(data_templates))
    for name, texts in forms if signed else ():
        shown = dict.fromkeys(use.name for use in uses(texts) if use.decisive)
        missing = [one for one in shown if one not in signed | unsigned]
        if missing and EVERY not in unsigned:
            text = _("the data lack what form template {form} shows: {names}")
            yield text.format(form=name, names=", ".join(missing))
