"""The texts that phones show when they ring. Source: push-and-inbox.md 11."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from operations.screen.placeholders import references
from operations.template_checks.languages import language_problems
from operations.template_checks.parameters import EVERY, KnownNames
from operations.template_checks.problems import closest, did_you_mean
from powerauth.announcements import MAX_BODY_LENGTH, MAX_TITLE_LENGTH

LIMITS = {"title": MAX_TITLE_LENGTH, "body": MAX_BODY_LENGTH}  # characters


def problems(texts: object, known: KnownNames) -> Iterator[str]:
    """Tell what is wrong with push texts, each problem with the language that it is in.

    Args:
        texts: by language, an object of `title` and `body`.
        known: the parameters of the operations of the type.
    """
    if not isinstance(texts, Mapping):
        yield _("has to be a JSON object")
        return
    for language, members in texts.items():
        for problem in (*language_problems(language), *_of(members, known)):
            yield f"{language}: {problem}"


def _of(members: object, known: KnownNames) -> Iterator[str]:
    texts = members if isinstance(members, Mapping) else {}
    for member, limit in LIMITS.items():
        text = texts.get(member)
        if not isinstance(text, str) or not text.strip():
            yield _("needs a text '{name}'").format(name=member)
        elif len(text) > limit:
            yield _("'{name}' has more than {limit} characters").format(name=member, limit=limit)
        else:
            yield from _unknown(text, known)


def _unknown(text: str, known: KnownNames) -> Iterator[str]:
    names = known.signed | known.elsewhere | known.unsigned
    for name in dict.fromkeys(reference.name for reference in references(text)):
        if name in names or EVERY in known.unsigned:
            continue
        # Nobody knows the parameters of a type whose data have none, as for form templates.
        if known.signed or closest(name, names):
            yield did_you_mean(_("unknown parameter '{name}'").format(name=name), name, names)
