"""Whether the JSON of a form template can be used, told before a phone needs it. Pure.

Source: mobile-token-api.md 5.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from operations.form_data import RESULTS
from operations.placeholders import BrokenTemplate, expand_json, parse_json, scalar_text

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
        raise BrokenTemplate("attributes have to be a JSON array")
    for number, definition in enumerate(definitions, start=1):
        _check_attribute(number, definition)


def _check_attribute(number: int, definition: object) -> None:
    if not isinstance(definition, dict):
        raise BrokenTemplate(f"attribute {number} has to be a JSON object")
    for name in ("id", "type"):
        if not isinstance(definition.get(name), str) or not definition[name].strip():
            raise BrokenTemplate(f"attribute {number}: {name!r} has to be a text")
    if not isinstance(definition.get("text"), str | None):
        raise BrokenTemplate(f"attribute {number}: 'text' has to be a text")
    params: Any = definition.get("params") or {}
    if not isinstance(params, dict) or not all(
        isinstance(name, str | None) for name in params.values()
    ):
        raise BrokenTemplate(f"attribute {number}: 'params' has to name operation parameters")


def check_ui(text: str) -> None:
    """Insist on a JSON object once placeholders have values; blank text is none.

    Raises:
        BrokenTemplate: what is wrong.
    """
    if text.strip() and not isinstance(expand_json(text, _DummyParameters()), dict):
        raise BrokenTemplate("the user interface has to be a JSON object")


def check_result_texts(text: str) -> None:
    """Insist on a JSON object of texts once placeholders have values; blank text is none.

    Raises:
        BrokenTemplate: what is wrong.
    """
    if not text.strip():
        return
    texts = expand_json(text, _DummyParameters())
    if not isinstance(texts, dict):
        raise BrokenTemplate("result texts have to be a JSON object")
    unknown = sorted(set(texts) - set(RESULTS))
    if unknown:
        raise BrokenTemplate(f"result texts have only the members {', '.join(RESULTS)}")
    if any(value is not None and scalar_text(value) is None for value in texts.values()):
        raise BrokenTemplate("every result text has to be a text")


CHECKS: Mapping[str, Callable[[str], None]] = {
    "attributes": check_attributes,
    "ui": check_ui,
    "result_texts": check_result_texts,
}
