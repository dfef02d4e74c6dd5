"""What an app shows about an operation: texts of its template, filled with its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from django.utils.translation import gettext_lazy as _

from operations.bounded_cache import bounded_cache
from operations.screen.attribute_definitions import Definition, read_definition
from operations.screen.attribute_types import Attribute
from operations.screen.attributes import attribute_of
from operations.screen.json_templates import expand_json
from operations.screen.locales import RequestLocale
from operations.screen.placeholders import (
    BrokenTemplate,
    expand,
    parse_json,
    scalar_text,
)

Result = Literal["success", "failure", "reject"]
RESULTS: tuple[Result, ...] = ("success", "failure", "reject")


class ResultTexts(TypedDict, total=False):
    """What the app shows afterwards; it has its own texts besides."""

    success: str
    failure: str
    reject: str


class FormData(TypedDict):
    """What the app shows of the operation."""

    title: str
    message: str
    attributes: list[Attribute]
    resultTexts: NotRequired[ResultTexts]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTexts:
    """The texts of one template row; `attributes`, `ui` and `result_texts` are JSON or blank.

    `language` is the one of the row; empty where no translation of it is wanted.
    """

    title: str
    message: str
    attributes: str | None
    ui: str | None
    result_texts: str | None
    language: str = ""


def build_form_data(
    template: TemplateTexts,
    parameters: Mapping[str, str | None],
    locale: RequestLocale | str,
) -> FormData:
    """Build the `formData` object of an operation; amounts follow the locale of the request.

    Returns: `title`, `message`, `attributes` (maybe empty), and `resultTexts` if there are any; no
        null, numbers as `Decimal`.

    Raises:
        BrokenTemplate: the JSON of `attributes` or `result_texts` cannot be used.

    Source: mobile-token-api.md 4.1, 5.
    """
    form_data: FormData = {
        "title": expand(template.title, parameters),
        "message": expand(template.message, parameters),
        "attributes": _attributes(template.attributes, parameters, locale),
    }
    result_texts = _result_texts(template.result_texts, parameters)
    if result_texts:
        form_data["resultTexts"] = result_texts
    return form_data


def _attributes(
    attributes: str | None, parameters: Mapping[str, str | None], locale: RequestLocale | str
) -> list[Attribute]:
    definitions = _definitions(attributes) if attributes and attributes.strip() else ()
    built = [attribute_of(definition, parameters, locale) for definition in definitions]
    return [attribute for attribute in built if attribute is not None]


@bounded_cache(entries=512, characters=8192)
def _definitions(attributes: str) -> tuple[Definition | None, ...]:
    entries = parse_json(attributes)
    if not isinstance(entries, list | None):
        raise BrokenTemplate(_("attributes have to be a JSON array"))
    return tuple(read_definition(entry) for entry in entries or [])


def _result_texts(result_texts: str | None, parameters: Mapping[str, str | None]) -> ResultTexts:
    content = expand_json(result_texts, parameters) if result_texts and result_texts.strip() else {}
    if not isinstance(content, dict | None):
        raise BrokenTemplate(_("result texts have to be a JSON object"))
    texts: ResultTexts = {}
    for name in RESULTS:
        text = scalar_text((content or {}).get(name))
        # The app has its own text in place of a blank one.
        if text and text.strip():
            texts[name] = text
    return texts
