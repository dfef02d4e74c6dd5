"""Forms of accounts and groups: what they offer, under the names that people read."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UserChangeForm

from enrollment_server.backoffice import permission_names, roles
from powerauth.admin.framework.parameters import usable_value


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Rows of a table by their keys; a database may refuse to look for those that cannot exist."""

    def clean(self, value: Any) -> Any:
        key = self.queryset.model._meta.pk  # type: ignore[union-attr]  # each is made with rows
        for one in value if isinstance(value, list | tuple) else ():
            if not usable_value(key, str(one)):
                text = self.error_messages["invalid_pk_value"]
                raise forms.ValidationError(text, code="invalid_pk_value", params={"pk": one})
        return super().clean(value)


class PermissionsField(RowsField):
    """Permissions under the names that people read."""

    def label_from_instance(self, obj: Any) -> str:
        return permission_names.title_of(obj)


class GroupsField(RowsField):
    """Groups under the names that people read."""

    def label_from_instance(self, obj: Any) -> str:
        return roles.title_of(obj)


def _offer(form: Any, name: str, held: Any) -> None:
    """Offer in a field what means something; who may only look has no such field."""
    if name in form.fields:
        known = form.instance.pk is not None
        form.fields[name].queryset = permission_names.offered(held=held() if known else None)


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A group, with the permissions that mean something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "permissions", lambda: self.instance.permissions.all())


class AccountForm(UserChangeForm):  # type: ignore[type-arg]  # not generic at run time
    """An account without its password, which has a page of its own."""

    password = None  # type: ignore[assignment]  # how Django says that there is no such field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "user_permissions", lambda: self.instance.user_permissions.all())
