"""A text that a library has dropped or changed is no text to translate any more."""

from itertools import chain
from pathlib import Path

from django.apps import apps

from enrollment_server.messages.extraction import Text, extract_folders, extract_source
from enrollment_server.messages.library_texts import DJANGO, UNFOLD


def _ids(app: str, *folders: str) -> set[str]:
    root = Path(apps.get_app_config(app).path)
    texts = extract_folders(root, [root / folder for folder in folders])
    sources = (extract_source(path.read_text(encoding="utf-8")) for path in root.glob("*.py"))
    return {_id(text) for text in chain(texts, *sources)}


def _id(text: Text) -> str:
    return text.id if isinstance(text.id, str) else text.id[0]


def test_unfold_has_these_texts() -> None:
    known = _ids("unfold", "templates", "templatetags")
    assert set(UNFOLD) <= known
    assert any(text.startswith("\n                Found %(counter)s result in ") for text in known)


def test_django_has_these_texts() -> None:
    admin = _ids("admin", "templates", "templatetags")
    auth = _ids("auth", "templates")
    assert set(DJANGO) <= admin | auth
    assert any(text.startswith("This password is too short. It must contain at") for text in auth)
