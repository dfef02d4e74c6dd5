"""Templates that are read once give what reading them for each operation gives."""

import json
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import pytest

from operations.screen import json_templates
from operations.screen.json_templates import expand_json
from operations.screen.placeholders import BrokenTemplate

TEMPLATES = (
    '{"a": "x"}', '{"a": "${x}"}', '{"a": "<${x}${y}>", "b": ${x}}',
    '["${x}", [${x}], {"k": ${y}}]', "${x}", ' ${x:-"d"} ',
    "[${x:-5}, ${x:-1.50}, ${x:-null}, ${x:-word}, ${x:-}]",
    "[${x:-[1, 2]}]", '{"${x}": 1}', '{"a": 1, "a": ${x}}', '{"a": ${x}, "a": 1}',
    "[1${x}]", "[-${x}]", "[${x}1]", "[${x}${y}]", '["a"${x}]', "[$${x}]", '["$${x}"]', '["${x"]',
    "[${x", '["${x}', "[NaN]", "[NaN, ${x}]", "[${x}, NaN]", "[Infinity, ${x}]", '["NaN", ${x}]',
    '["\\ud83d${x}"]', '["${x}\\ude00"]', '["\\u00e9${x}\\n"]', "[${\ud83d}]", "[${x:-\ud83d}]",
    "[" * 31 + "${x}" + "]" * 31, "[" * 32 + "${x}" + "]" * 32, '["${x}"' + ", 1" * 5000 + "]",
    "", "{", "[1,]", '{"a": "${x}"',
)  # fmt: skip
VALUES = (
    None, "", "1", "-0", "1.50", "1e3", "1e400", "9" * 300, "01", "true", "null", "True", "NaN",
    '"', "\\", '", "b": "', "[1]", '{"a": 1}', "${x}", "${y}", "$${", "Jiří", "\n", "\u2028",
    "\ud83d", "\ude00",
)  # fmt: skip
Parameters = Mapping[str, str | None]


def _outcome(build: Callable[[str, Parameters], object], template: str, given: Parameters) -> str:
    """Say what is built, with the types of its numbers and the order of its members."""
    try:
        return json.dumps(build(template, given), default=repr)
    except BrokenTemplate as error:
        return f"broken: {error}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_result_is_that_of_the_text_with_its_values(template: str) -> None:
    for x, y in product(VALUES, ("y", "\ude00", None)):
        given = {"x": x, "y": y}
        wanted = _outcome(json_templates._expanded_as_text, template, given)
        assert _outcome(expand_json, template, given) == wanted
    assert _outcome(expand_json, template, {}) == _outcome(
        json_templates._expanded_as_text, template, {}
    )


@pytest.mark.parametrize("template", TEMPLATES[:7])
def test_template_is_read_once(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expand_json(template, {"x": "a"})
    monkeypatch.setattr(json_templates, "_expanded_as_text", None)
    before = _structures().cache_info().misses
    for x in ("b", "1", "c"):
        expand_json(template, {"x": x})
    assert _structures().cache_info().misses == before


def test_result_belongs_to_whoever_asked() -> None:
    template = '{"a": [1, {"b": "c", "d": "${x}"}], "e": {}}'
    first: Any = expand_json(template, {"x": "1"})
    first["a"][1]["b"] = first["e"]["new"] = "changed"
    first["a"].append(2)
    assert expand_json(template, {"x": "2"}) == {"a": [1, {"b": "c", "d": "2"}], "e": {}}


def _structures() -> Any:
    return json_templates._structure.__wrapped__  # type: ignore[attr-defined] # of functools.wraps
