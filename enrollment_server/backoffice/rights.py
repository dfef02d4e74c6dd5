"""Who may change whose account: nobody gets at more rights than they have.

Rights themselves (superuser, staff, groups, permissions) are for superusers. Others may change
what else belongs to an account, but only of people who may do no more than they themselves:
whoever sets a password can log in with it.
"""

from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db.models import Q

RIGHTS = ("is_superuser", "is_staff", "groups", "user_permissions")


def may_change_rights(actor: User | AnonymousUser) -> bool:
    """Tell whether somebody may change what people may do."""
    return actor.is_active and actor.is_superuser


def may_manage(actor: User | AnonymousUser, user: User) -> bool:
    """Tell whether somebody may change the account of `user`, in whatever way.

    That an account is not active protects nothing: it can be made active again.
    """
    if may_change_rights(actor):
        return True
    return not user.is_superuser and rights_of(user) <= actor.get_all_permissions()


def rights_of(user: User) -> set[str]:
    """List what an account may do as soon as it is active, such as `auth.change_user`."""
    rows = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    names = rows.values_list("content_type__app_label", "codename").order_by()
    return {f"{app}.{name}" for app, name in names}
