"""Who may use the back office: users and groups, in its look."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from powerauth.admin import recording
from powerauth.admin.recording import RecordingAdmin
from powerauth.engine.audited import Kind, register

if TYPE_CHECKING:

    class ModelAdmin:
        """The look of django-unfold, which brings no types of its own."""

else:
    from unfold.admin import ModelAdmin
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm


def _permissions(permissions: Any) -> list[str]:
    rows = permissions.values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{name}" for app, name in rows)


USER = Kind(
    name="user",
    model=User,
    columns=(
        *("username", "first_name", "last_name", "email"),
        *("is_active", "is_staff", "is_superuser"),
    ),
    hidden=("password",),
    computed={
        "groups": lambda user: sorted(user.groups.values_list("name", flat=True)),
        "permissions": lambda user: _permissions(user.user_permissions),
    },
)
GROUP = Kind(
    name="group",
    model=Group,
    columns=("name",),
    computed={"permissions": lambda group: _permissions(group.permissions)},
)
register(USER, GROUP)

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(RecordingAdmin, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """People with a login."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        user = self.get_object(request, id)
        if user is not None and request.method == "POST":
            recording.remember(request, user)
        return super().user_change_password(request, id, form_url)


@admin.register(Group)
class GroupAdmin(RecordingAdmin, DjangoGroupAdmin, ModelAdmin):
    """Sets of permissions."""


_change_own_password = admin.site.password_change


@transaction.atomic
def change_own_password(
    request: HttpRequest, extra_context: dict[str, Any] | None = None
) -> HttpResponse:
    """Let somebody change their own password, and record that it changed."""
    user = User.objects.get(username=request.user.get_username())
    before = USER.of_row(user, lock=request.method == "POST")
    answer = _change_own_password(request, extra_context)
    after = USER.of_row(user)
    if before != after:
        recording.append(request, [recording.change_of(user, recording.CHANGE, before, after)])
    return answer


# The site makes the form of this page itself, so that no form of ours could record it.
admin.site.password_change = change_own_password  # type: ignore[method-assign,assignment]  # a page, too
