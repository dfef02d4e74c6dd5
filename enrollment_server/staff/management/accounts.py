"""What the commands about accounts of the staff share."""

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.utils import timezone

from enrollment_server.staff import audited
from powerauth.engine.audit import audit_log
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.models import ActorKind


def user_named(name: str) -> User:
    """Find a user by the name of the login.

    Raises:
        CommandError: nobody has it.
    """
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no user {name}.")
    return user


def record(action: str, user_id: str, after: dict[str, object]) -> None:
    """Tell the audit log what a command did, in the transaction of the change.

    Args:
        user_id: whose account it was; empty for several, or for none.
        after: what came of it.
    """
    change = Change(
        action=f"command/{action}", object_type=audited.USER, object_id=user_id, after=after
    )
    audit_log.append(Actor(kind=ActorKind.SYSTEM), [change], at=timezone.now())
