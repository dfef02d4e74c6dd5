"""What a ringing phone shows: the texts of an operation template, or one that says nothing.

They stand on locked screens. Source: push-and-inbox.md 11.
"""

import logging
from collections.abc import Iterator, Mapping
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from operations import policy
from operations.models import OperationTemplate
from operations.screen.placeholders import expand, references
from operations.screen.translation import known
from powerauth.announcements import MAX_BODY_LENGTH, MAX_TITLE_LENGTH, News

# Of title and body in UTF-8: providers take four kilobytes of JSON with all that is around them.
MAX_BYTES = 3000

logger = logging.getLogger(__name__)

Texts = Mapping[str, News]
"""By language; the one of "" is for phones of any other."""


def of_template(template: OperationTemplate, parameters: Mapping[str, str]) -> Texts:
    """Fill the push texts of a template; whatever is wrong with them, there are texts.

    Where the template has none in a language, the form texts of the bank are asked for those of the
    default language: mobile-token-api.md 5.1.
    """
    try:
        written = {language: News(**text) for language, text in template.push_texts.items()}
        filled = _filled(written, parameters, name=template.template_name)
    # An operation waits whether a phone rings well or not.
    except Exception:
        logger.exception("push texts cannot be used: template=%r", template.template_name)
        return generic()
    return filled or generic()


def generic() -> Texts:
    """Give what says nothing of an operation but that it waits."""
    return _generic(_offered(), settings.LANGUAGE_CODE)


def message_ids(template: OperationTemplate) -> Iterator[tuple[str, str]]:
    """Give each push text that translators are to translate, after the name of its place."""
    texts = template.push_texts.get(policy.default_language(), {})
    yield from ((f"push {member}", text) for member, text in texts.items())


def _filled(written: Texts, parameters: Mapping[str, str], *, name: str) -> Texts:
    if not written:
        return {}
    default = policy.default_language()
    otherwise = written[default if default in written else next(iter(written))]
    translated = {language: _translated(otherwise, language) for language in _offered()}
    every = {**(translated if default in written else {}), **written, "": otherwise}
    return {language: _shown(text, parameters, language, name) for language, text in every.items()}


def _translated(text: News, language: str) -> News:
    return News(title=known(text.title, language), body=known(text.body, language))


def _shown(text: News, parameters: Mapping[str, str], language: str, name: str) -> News:
    shown = News(title=expand(text.title, parameters), body=expand(text.body, parameters))
    problem = _problem(text, shown, parameters)
    if problem is None:
        return shown
    logger.warning("push text not shown: template=%r language=%r: %s", name, language, problem)
    general = generic()
    return general.get(language, general[""])


def _problem(text: News, shown: News, parameters: Mapping[str, str]) -> str | None:
    """Tell why nobody should be shown a text, without what a stranger may have typed."""
    needed = [one for one in references(text.title + text.body) if not one.has_default]
    missing = dict.fromkeys(one.name for one in needed if parameters.get(one.name) is None)
    if missing:
        return f"no parameter {', '.join(missing)}"
    size = len((shown.title + shown.body).encode())
    if len(shown.title) > MAX_TITLE_LENGTH or len(shown.body) > MAX_BODY_LENGTH or size > MAX_BYTES:
        return "too long"
    return None if shown.title.strip() and shown.body.strip() else "empty"


def _offered() -> tuple[str, ...]:
    return tuple(code for code, _ in settings.LANGUAGES)


@lru_cache(maxsize=8)
def _generic(languages: tuple[str, ...], otherwise: str) -> Texts:
    texts = {language: _in(language) for language in languages}
    return {**texts, "": _in(otherwise)}


def _in(language: str) -> News:
    with translation.override(language):
        return News(
            title=gettext("New request"),
            body=gettext("Open the app to see it, and approve or reject it."),
        )
