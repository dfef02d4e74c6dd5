"""What can be chosen in a form, where that is known only when somebody opens it."""

from collections.abc import Iterable

from django import forms

from powerauth import known_applications
from powerauth.errors import RemoteFailure


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, object]]) -> None:
    """Let people choose in a field of a form among values, each with the text that is shown."""
    # Assigned to the field, Django hands them on to its widget.
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # a ChoiceField


def application_choices() -> list[tuple[str, str]]:
    """Give all applications, which have no other name than their identifier.

    Nothing can be chosen while the server that has them is away; that stands in the log.
    """
    try:
        known = known_applications.every()
    except RemoteFailure:
        return []
    return [(application_id, application_id) for application_id in known]
