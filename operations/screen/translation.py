"""Texts of a form template in a language that it was not written for: mobile-token-api.md 5.1.

Where a type of operation has no template in the asked language, the one in the default language is
shown, and its title, message and labels are message ids of the form texts in the asked language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.conf import settings

from operations import policy
from operations.screen import form_texts
from operations.screen.form_data import FormData, TemplateTexts, build_form_data
from operations.screen.locales import RequestLocale
from operations.screen.placeholders import BrokenTemplate, parse_json


def catalogue_of(locale: RequestLocale) -> str:
    """Choose the language of the server's own texts: the asked one, or else LANGUAGE_CODE."""
    return locale.language if _is_offered(locale.language) else settings.LANGUAGE_CODE


def build_translated_form_data(
    template: TemplateTexts, parameters: Mapping[str, str | None], locale: RequestLocale
) -> FormData:
    """Build the `formData` of an operation, in the asked language as far as texts are known in it.

    Texts are looked up with their placeholders, before values are put in: a value is never
    translated.

    Raises:
        BrokenTemplate: the JSON of the template cannot be used.
    """
    if not _falls_back(template, locale):
        return build_form_data(template, parameters, locale)
    language = locale.language
    texts = replace(
        template,
        title=known(template.title, language),
        message=known(template.message, language),
    )
    form_data = build_form_data(texts, parameters, locale)
    for attribute in form_data["attributes"]:
        attribute["label"] = known(attribute["label"], language)
    return form_data


def message_ids(template: TemplateTexts) -> Iterator[tuple[str, str]]:
    """Give each text of a template that is a message id, after the name of its place."""
    texts = [("title", template.title), ("message", template.message), *_labels(template)]
    for place, text in texts:
        if text.strip():
            yield place, _normal(text)


def _labels(template: TemplateTexts) -> Iterator[tuple[str, str]]:
    try:
        definitions = parse_json(template.attributes or "[]")
    except BrokenTemplate:
        return
    for definition in definitions if isinstance(definitions, list) else []:
        label = definition.get("text") if isinstance(definition, Mapping) else None
        if isinstance(label, str):
            yield f"label of {definition.get('id')}", label


def _falls_back(template: TemplateTexts, locale: RequestLocale) -> bool:
    language = locale.language
    # What costs least comes first: most operations are shown in the language of their template.
    return (
        template.language != language
        and _is_offered(language)
        and template.language == policy.default_language()
    )


def _is_offered(language: str) -> bool:
    # A client must not be able to load a catalogue for every language it can think of.
    return any(language == code for code, _ in settings.LANGUAGES)


def known(text: str, language: str) -> str:
    """Give a text of the bank in a language, or as it is where no catalogue has it."""
    normal = _normal(text)
    # The empty id is the header of a catalogue.
    found = form_texts.translate(normal, language) if normal else normal
    return text if found == normal else found


def _normal(text: str) -> str:
    # Browsers send the lines of a form this way, and catalogues have no carriage return.
    return text.replace("\r\n", "\n").replace("\r", "\n")
