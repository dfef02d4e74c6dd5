"""Form templates from a JSON file: all of them, or none."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from enrollment_server.api.payloads.json import MalformedJson, load_json
from operations.models import FormTemplate
from operations.template_checks.problems import unknown_members

TEXTS = ("placeholder", "language", "title", "message")
JSON_MEMBERS = ("attributes", "ui", "result_texts")


class UnusableImport(ValueError):
    """A file that is not imported; the text names the entry and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many templates a file held, and what about them will not show."""

    count: int
    warnings: tuple[str, ...]


def import_form_templates(
    content: bytes, *, strict: bool = False, told: Callable[[], None] = lambda: None
) -> Imported:
    """Create or replace the form templates of a JSON list.

    Templates that move here from another server are stored as they are: JSON that no phone can be
    shown, what it would be shown wrongly, and members that nothing reads are warned of. Operations
    of a broken template stay out of lists until it is repaired.

    Args:
        content: list of objects with `placeholder`, `language`, `title`, `message` and, absent or
            null if there are none, `attributes`, `ui`, `result_texts`. Each of the last three is a
            JSON value, or a text that holds JSON as it is to be stored: there, a placeholder may
            stand outside of quotes.
        strict: refuse what would be warned of.
        told: called after each template that is stored.

    Raises:
        UnusableImport: an entry is broken; nothing was changed.

    Source: mobile-token-api.md 5.1.
    """
    warnings: list[str] = []
    templates = [_template(number, entry, warnings) for number, entry in _entries(content)]
    _refuse_repetition(templates)
    for number, template in enumerate(templates, start=1):
        warnings += _warnings(number, template, templates)
    if strict and warnings:
        raise UnusableImport("; ".join(warnings))
    with transaction.atomic():
        for template in templates:
            _store(template)
            told()
    return Imported(count=len(templates), warnings=tuple(warnings))


def _entries(content: bytes) -> list[tuple[int, dict[str, Any]]]:
    try:
        entries = load_json(content.removeprefix(b"\xef\xbb\xbf"))
    except MalformedJson as error:
        raise UnusableImport(f"the file is not usable JSON: {error}") from error
    if not isinstance(entries, list):
        raise UnusableImport("the file has to hold a JSON list")
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            raise UnusableImport(f"entry {number}: not a JSON object")
    return list(enumerate(entries, start=1))


def _template(number: int, entry: dict[str, Any], warnings: list[str]) -> FormTemplate:
    name = f"entry {number} ({entry.get('placeholder')!r}, {entry.get('language')!r})"
    for member in TEXTS:
        if not isinstance(entry.get(member), str):
            raise UnusableImport(f"{name}: {member!r} has to be a text")
    template = FormTemplate(
        **{member: entry[member] for member in TEXTS},
        **{member: _json_text(entry.get(member)) for member in JSON_MEMBERS},
    )
    try:
        template.clean_fields()
    except ValidationError as error:
        raise UnusableImport(f"{name}: {'; '.join(_complaints(error))}") from error
    template.language = template.language.strip().lower()
    complaints = unknown_members(entry, (*TEXTS, *JSON_MEMBERS))
    warnings.extend(f"{name}: {complaint}" for complaint in complaints)
    return template


def _warnings(number: int, template: FormTemplate, imported: list[FormTemplate]) -> Iterator[str]:
    """Check an entry beside the other languages of its type, in the file and in the database."""
    name = f"entry {number} ({template.placeholder!r}, {template.language!r})"
    beside = [
        other
        for other in imported
        if other.placeholder == template.placeholder and other.language != template.language
    ]
    replaced = {other.language for other in beside}
    stored = [other for other in template.siblings() if other.language not in replaced]
    try:
        template.insist_on_sense(siblings=[*beside, *stored])
    except ValidationError as error:
        for member, texts in error.message_dict.items():
            yield from (f"{name}: {member!r}: {text}" for text in texts)


def _complaints(error: ValidationError) -> list[str]:
    return [f"{member!r}: {' '.join(texts)}" for member, texts in error.message_dict.items()]


def _json_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _refuse_repetition(templates: list[FormTemplate]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for number, template in enumerate(templates, start=1):
        first = seen.setdefault((template.placeholder, template.language), number)
        if first != number:
            raise UnusableImport(f"entry {number} ({template}): repeats entry {first}")


def _store(template: FormTemplate) -> None:
    FormTemplate.objects.update_or_create(
        placeholder=template.placeholder,
        language=template.language,
        defaults={
            member: getattr(template, member) for member in ("title", "message", *JSON_MEMBERS)
        },
    )
