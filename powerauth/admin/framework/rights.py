"""Who may do what on a page, by the permissions that groups give."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest


def may(permission: str) -> Callable[..., bool]:
    """Make the method `has_..._permission` of an admin.

    Args:
        permission: what somebody needs, for every row; such as `inbox.change_inboxmessage`.
    """

    def has_permission(_: Any, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(permission)

    return has_permission
