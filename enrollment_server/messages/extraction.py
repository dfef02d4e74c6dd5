"""Which texts the code and its templates hand to gettext."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from django.utils.translation.template import templatize

COMMENT_TAG = "Translators:"
# The functions of django.utils.translation, and which of their arguments are texts.
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_SUFFIXES = (".py", ".html", ".txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text to translate; `id` is singular and plural of a text that counts something."""

    id: str | tuple[str, str]
    context: str | None = None
    places: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


def extract_source(source: str, *, place: str = "") -> list[Text]:
    """Find the texts of a Python module, in their order."""
    return list(_texts(source, place))


def extract_template(source: str, *, place: str = "") -> list[Text]:
    """Find the texts of a Django template: those of `translate`, `blocktranslate` and `_()`.

    Raises:
        SyntaxError: a block to translate holds another tag.
    """
    code: str = templatize(source, origin=place)
    # The parentheses keep the tokenizer from minding how a template is indented.
    return list(_texts(f"(\n{code}\n)", place))


def extract_folders(root: Path, folders: Iterable[Path]) -> list[Text]:
    """Find the texts of all modules and templates below `folders`, by path.

    Places are paths relative to `root`, without line numbers, so that moving lines changes nothing.
    """
    paths = (path for folder in folders for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    texts: list[Text] = []
    for path in sorted(paths):
        find = extract_source if path.suffix == ".py" else extract_template
        texts += find(path.read_text(encoding="utf-8"), place=path.relative_to(root).as_posix())
    return texts


def _texts(source: str, place: str) -> Iterator[Text]:
    file = BytesIO(source.encode())
    found = extract("python", file, keywords=_KEYWORDS, comment_tags=[COMMENT_TAG])
    for _, message, comments, context in found:
        yield Text(
            id=message if isinstance(message, str) else (message[0], message[1]),
            context=context,
            places=(place,) if place else (),
            comments=tuple(comments),
        )
