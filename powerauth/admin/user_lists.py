"""Lists of users, one in a line, as people paste or upload them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

MAX_USERS = 10_000  # that one list may name
MAX_SIZE = 1024 * 1024  # bytes of a file, characters of a text


def in_file(file: Any, *, longest: int) -> list[str]:
    """Give the users of an uploaded text file, each once.

    Args:
        longest: characters of a user.

    Raises:
        ValidationError
    """
    if file.size > MAX_SIZE:
        raise forms.ValidationError(_("The list is too large."))
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise forms.ValidationError(_("The list is no text in UTF-8.")) from error
    return in_text(text, longest=longest)


def in_text(text: str, *, longest: int) -> list[str]:
    """Give the users of a text; see `in_file`."""
    names = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
    if not names:
        raise forms.ValidationError(_("The list names nobody."))
    if len(names) > MAX_USERS:
        raise forms.ValidationError(_("The list names too many users."))
    for number, name in enumerate(names, start=1):
        if len(name) > longest or "\0" in name:
            problem = _("User %(number)d of the list cannot exist.") % {"number": number}
            raise forms.ValidationError(problem)
    return names
