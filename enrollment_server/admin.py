"""Who may use the back office: users and groups, in its look."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enrollment_server.backoffice import permission_names, roles
from enrollment_server.backoffice.account_forms import (
    AccountForm,
    GroupForm,
    GroupsField,
    PermissionsField,
)
from enrollment_server.backoffice.rights import RIGHTS, may_change_rights, may_manage
from powerauth.admin.framework import recording
from powerauth.admin.framework.guarded import GuardedAdmin
from powerauth.admin.framework.parameters import usable_value
from powerauth.admin.framework.recording import RecordingAdmin
from powerauth.admin.framework.tables import ColumnFilter
from powerauth.engine.audit.audited import Kind, register
from powerauth.models.secrecy import keep_secret

if TYPE_CHECKING:

    class ModelAdmin:
        """The look of django-unfold, which brings no types of its own."""

else:
    from unfold.admin import ModelAdmin
    from unfold.forms import AdminPasswordChangeForm, UserCreationForm

keep_secret(User, "password")


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

# Whoever may not change rights sees them as words.
_SHOWN_RIGHTS = ("is_superuser", "is_staff", "shown_groups", "shown_permissions")


def _lines(permissions: Any) -> SafeString:
    rows = permissions.select_related("content_type").order_by("content_type_id", "codename")
    titles = [(permission_names.title_of(row),) for row in rows]
    return format_html_join("", "{}<br>", titles) or SafeString("-")


class GroupFilter(ColumnFilter):
    """People of one group, under the name that people read."""

    title = _("group")
    parameter_name = "group"
    column = "groups"

    @staticmethod
    def accepts(value: str) -> bool:
        return usable_value(Group._meta.pk, value)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(group.pk, roles.title_of(group)) for group in Group.objects.order_by("name")]


@admin.register(User)
class UserAdmin(GuardedAdmin, RecordingAdmin, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """People with a login; what they may do is for superusers to decide."""

    form = AccountForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    fieldsets = None  # Django's name the password
    readonly_fields = ("password_state", "password_link", "shown_groups", "shown_permissions")
    list_filter = ("is_staff", "is_superuser", "is_active", GroupFilter)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        field = GroupsField if db_field.name == "groups" else PermissionsField
        return super().formfield_for_manytomany(
            db_field, request, **{**kwargs, "form_class": field}
        )

    @admin.display(description=_("password"))
    def password_state(self, user: User) -> str:
        return str(_("set") if user.has_usable_password() else _("not set"))

    @admin.display(description=_("password"))
    def password_link(self, user: User) -> SafeString:
        text = self.password_state(user)
        return format_html('{} (<a href="../password/">{}</a>)', text, _("change"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        password = "link" if self.has_change_permission(request, obj) else "state"
        rights = RIGHTS if may_change_rights(request.user) else _SHOWN_RIGHTS
        return (
            (None, {"fields": ("username", f"password_{password}")}),
            (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
            (_("Permissions"), {"fields": ("is_active", *rights)}),
            (_("Important dates"), {"fields": ("last_login", "date_joined")}),
        )

    @admin.display(description=_("groups"))
    def shown_groups(self, user: User) -> str:
        return ", ".join(roles.title_of(group) for group in user.groups.order_by("name")) or "-"

    @admin.display(description=_("permissions of the account itself"))
    def shown_permissions(self, user: User) -> SafeString:
        return _lines(user.user_permissions)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = super().get_readonly_fields(request, obj)
        return given if may_change_rights(request.user) else (*given, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_manage(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_manage(request, obj)

    def _may_manage(self, request: HttpRequest, user: Any) -> bool:
        return not isinstance(user, User) or may_manage(request.user, user)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        user = self.get_object(request, unquote(id))
        if user == request.user and not may_change_rights(request.user):
            # The page for one's own password asks for the old one.
            return HttpResponseRedirect(reverse(f"{self.admin_site.name}:password_change"))
        if user is not None and request.method == "POST":
            recording.remember(request, user)
        return super().user_change_password(request, id, form_url)


@admin.register(Group)
class GroupAdmin(GuardedAdmin, RecordingAdmin, DjangoGroupAdmin, ModelAdmin):
    """Sets of permissions; whoever changes one changes what all its people may do."""

    permission_verbs = ("view",)
    form = GroupForm
    list_display = ("title",)
    readonly_fields = ("title", "shown_permissions")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if may_change_rights(request.user):
            return ("name", "permissions")
        return ("title", "shown_permissions")

    @admin.display(description=_("permissions"))
    def shown_permissions(self, group: Group) -> SafeString:
        return _lines(group.permissions)

    @admin.display(description=_("name"), ordering="name")
    def title(self, group: Group) -> str:
        return roles.title_of(group)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(
            db_field, request, **{**kwargs, "form_class": PermissionsField}
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_change_rights(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_rights(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_rights(request.user)
