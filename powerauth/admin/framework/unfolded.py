"""The admin's building blocks from django-unfold, which brings no types of its own.

For the type checker they are the classes of Django that they extend.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.forms import (
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    NumberInput,
    PasswordInput,
    Select,
    Textarea,
    TextInput,
)

from powerauth.admin.framework.guarded import GuardedAdmin, SecretKeeping
from powerauth.admin.framework.recording import RecordingAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrOrPromise

    TextFilter = admin.SimpleListFilter

    class ModelAdmin(admin.ModelAdmin[Any]):
        def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
            """Give the actions on the page of a row that somebody has the permissions for."""

    TabularInline = admin.TabularInline[Any, Any]
    F = TypeVar("F", bound=Callable[..., Any])

    def action(
        *,
        description: _StrOrPromise,
        permissions: Sequence[str],
        url_path: str = "",
        icon: str = "",
    ) -> Callable[[F], F]:
        """Declare an action of a list or of a page, for those who have all of `permissions`."""

    def labelled(
        *, description: _StrOrPromise, label: dict[str, str], ordering: str = ""
    ) -> Callable[[F], F]:
        """Declare a column of coloured labels, by the value that a row has."""
else:
    from unfold.admin import ModelAdmin, TabularInline
    from unfold.contrib.filters.admin import TextFilter
    from unfold.decorators import action
    from unfold.decorators import display as labelled
    from unfold.widgets import (
        UnfoldAdminCheckboxSelectMultipleWidget as CheckboxSelectMultiple,
    )
    from unfold.widgets import (
        UnfoldAdminFileFieldWidget as FileInput,
    )
    from unfold.widgets import (
        UnfoldAdminIntegerFieldWidget as NumberInput,
    )
    from unfold.widgets import (
        UnfoldAdminPasswordWidget as PasswordInput,
    )
    from unfold.widgets import (
        UnfoldAdminSelectWidget as Select,
    )
    from unfold.widgets import (
        UnfoldAdminTextareaWidget as Textarea,
    )
    from unfold.widgets import (
        UnfoldAdminTextInputWidget as TextInput,
    )
    from unfold.widgets import (
        UnfoldBooleanWidget as CheckboxInput,
    )


class UnfoldAdmin(GuardedAdmin, RecordingAdmin, ModelAdmin):
    """An admin in the look of django-unfold, whose changes get into the audit log."""


class UnfoldInline(SecretKeeping, TabularInline):
    """Rows that belong to another one, in the look of django-unfold."""


__all__ = [
    "CheckboxInput",
    "CheckboxSelectMultiple",
    "FileInput",
    "NumberInput",
    "PasswordInput",
    "Select",
    "TextFilter",
    "TextInput",
    "Textarea",
    "UnfoldAdmin",
    "UnfoldInline",
    "action",
    "labelled",
]
