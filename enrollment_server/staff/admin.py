"""What administrators see of logins: who has a second factor, who is locked; never a secret."""

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enrollment_server.backoffice.rights import may_manage
from enrollment_server.staff.models import FailedLogins, ProviderAccount, SecondFactor
from powerauth.admin.framework.tables import ReadOnlyAdmin


class AccountAdmin(ReadOnlyAdmin):
    """Rows about an account, to take away by who may do no less than its owner."""

    permission_verbs = ("view", "delete")
    search_help_text = _("Whole name of a user")
    exact_texts: ClassVar[tuple[str, ...]] = ("user__username",)
    list_select_related = ("user",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        wanted = f"{self.opts.app_label}.delete_{self.opts.model_name}"
        if not request.user.has_perm(wanted):
            return False
        user: User | None = getattr(obj, "user", None)
        return user is None or may_manage(request.user, user)


@admin.register(SecondFactor)
class SecondFactorAdmin(AccountAdmin):
    """Deleting one lets its owner set up another at the next login."""

    list_display = ("user", "created_at", "last_used_at")
    fields = readonly_fields = ("user", "created_at", "last_used_at")
    ordering = ("-id",)


@admin.register(FailedLogins)
class FailedLoginsAdmin(AccountAdmin):
    """Deleting a row unlocks its account or address."""

    exact_texts = ("user__username", "address")
    search_help_text = _("Whole name of a user, or address")
    list_display = ("user", "address", "scope", "failures", "last_at", "locked_until")
    list_display_links = ("scope",)
    list_filter = ("scope",)
    fields = readonly_fields = (
        *("user", "address", "scope", "failures", "refused", "last_at", "locked_until"),
    )
    ordering = ("-last_at",)
    sortable_by = ("last_at",)


@admin.register(ProviderAccount)
class ProviderAccountAdmin(AccountAdmin):
    """Deleting one makes an account local again."""

    list_display = ("user", "issuer", "subject", "created_at")
    exact_texts = ("user__username", "subject")
    fields = readonly_fields = ("user", "issuer", "subject", "created_at")
    ordering = ("-id",)
