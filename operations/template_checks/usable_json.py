"""Whether the JSON of a form template can be used, told before a phone needs it. Pure.

Source: mobile-token-api.md 5.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from operations.screen.form_data import RESULTS
from operations.screen.json_templates import expand_json
from operations.screen.placeholders import BrokenTemplate, parse_json, scalar_text

_DUMMY = "1"  # a number, so that a placeholder may stand where JSON wants one


class _DummyParameters(Mapping[str, str]):
    """A value for every placeholder."""

    def __getitem__(self, name: str) -> str:
        return _DUMMY

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def check_attributes(text: str) -> None:
    """Insist on a JSON array of attribute definitions; blank text is none.

    Raises:
        BrokenTemplate: what is wrong.
    """
    if not text.strip():
        return
    definitions = parse_json(text)
    if not isinstance(definitions, list):
        raise BrokenTemplate(_("attributes have to be a JSON array"))
    for number, definition in enumerate(definitions, start=1):
        _check_attribute(number, definition)


def _check_attribute(number: int, definition: object) -> None:
    if not isinstance(definition, dict):
        raise BrokenTemplate(
            format_lazy(_("attribute {number} has to be a JSON object"), number=number)
        )
    for name in ("id", "type"):
        if not isinstance(definition.get(name), str) or not definition[name].strip():
            raise _not_a_text(number, name)
    if not isinstance(definition.get("text"), str | None):
        raise _not_a_text(number, "text")
    params: Any = definition.get("params") or {}
    if not isinstance(params, dict) or not all(
        isinstance(name, str | None) for name in params.values()
    ):
        raise BrokenTemplate(
            format_lazy(
                _("attribute {number}: 'params' has to name operation parameters"), number=number
            )
        )


def _not_a_text(number: int, name: str) -> BrokenTemplate:
    message = _("attribute {number}: '{name}' has to be a text")
    return BrokenTemplate(format_lazy(message, number=number, name=name))


def check_ui(text: str) -> None:
    """Insist on a JSON object once placeholders have values; blank text is none.

    Raises:
        BrokenTemplate: what is wrong.
    """
    if text.strip() and not isinstance(expand_json(text, _DummyParameters()), dict):
        raise BrokenTemplate(_("the user interface has to be a JSON object"))


def check_result_texts(text: str) -> None:
    """Insist on a JSON object of texts once placeholders have values; blank text is none.

    Raises:
        BrokenTemplate: what is wrong.
    """
    if not text.strip():
        return
    texts = expand_json(text, _DummyParameters())
    if not isinstance(texts, dict):
        raise BrokenTemplate(_("result texts have to be a JSON object"))
    unknown = sorted(set(texts) - set(RESULTS))
    if unknown:
        raise BrokenTemplate(
            format_lazy(
                _("result texts have only the members {names}, not '{unknown}'"),
                names=", ".join(RESULTS),
                unknown="', '".join(unknown),
            )
        )
    if any(value is not None and scalar_text(value) is None for value in texts.values()):
        raise BrokenTemplate(_("every result text has to be a text"))


CHECKS: Mapping[str, Callable[[str], None]] = {
    "attributes": check_attributes,
    "ui": check_ui,
    "result_texts": check_result_texts,
}
