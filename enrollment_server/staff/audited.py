"""What the audit log tells of logins. Typed passwords, codes and unknown names never get there."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from enrollment_server.staff.models import FailedLogins, ProviderAccount, SecondFactor
from powerauth.engine.audit import audit_log
from powerauth.engine.audit.audit_log import OK, Actor, Change
from powerauth.engine.audit.audited import Kind, register
from powerauth.models import ActorKind

LOGIN, LOCK, LOGOUT = "admin/login", "admin/lock", "admin/logout"
SECOND_FACTOR, RECOVERY_CODES = "admin/second_factor", "admin/recovery_codes"
USER = "user"  # the type of object that a login concerns


def register_kinds() -> None:
    """Make the rows of this app known to the audit log."""
    register(
        Kind(
            name="second_factor",
            model=SecondFactor,
            columns=("created_at",),
            hidden=("secret",),
            computed={"user": lambda row: row.user.get_username()},
            key=("user_id",),
        ),
        Kind(
            name="failed_logins",
            model=FailedLogins,
            columns=("scope", "address", "failures", "locked_until"),
            computed={"user": lambda row: row.user.get_username() if row.user else ""},
        ),
        Kind(
            name="provider_account",
            model=ProviderAccount,
            columns=("issuer", "subject"),
            computed={"user": lambda row: row.user.get_username()},
            key=("user_id",),
        ),
    )


def actor_of(user: AbstractBaseUser | None) -> Actor:
    """Give somebody as an actor; nobody for who has not proven yet to be the one."""
    if user is None:
        return Actor(kind=ActorKind.ADMIN)
    return Actor(kind=ActorKind.ADMIN, id=str(user.pk), name=user.get_username())


@transaction.atomic
def record(
    action: str,
    *,
    actor: AbstractBaseUser | None = None,
    user: AbstractBaseUser | None = None,
    outcome: str = OK,
    **facts: str | int | None,
) -> None:
    """Append what happened at a login.

    Args:
        actor: who has proven to be there.
        user: the account that it is about; None for a name that nobody has.
        facts: what else is worth knowing; None is left out.
    """
    known = {name: value for name, value in facts.items() if value is not None}
    change = Change(
        action=action,
        object_type=USER,
        object_id="" if user is None else str(user.pk),
        after=known if user is None else {"user": user.get_username(), **known},
        outcome=outcome,
    )
    audit_log.append(actor_of(actor), [change], at=timezone.now())
