"""Whom the claims of the OpenID provider make of somebody: name, groups, rights, at each login.

An account belongs to a subject of the issuer. A name that somebody else has here is refused: a
provider could else hand over the account of a local administrator.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from enrollment_server.staff.models import ProviderAccount
from powerauth.engine.audit import audit_log, audited
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.models import ActorKind
from powerauth.oidc.errors import OidcRefused
from powerauth.oidc.login import Verified

logger = logging.getLogger(__name__)

_ACTOR = Actor(kind=ActorKind.SYSTEM, name="OpenID Connect")
_SHORTEST_COLUMN = 150  # characters
# Claims of OpenID Connect Core 5.1, and the columns that hold them.
_NAMES = {"given_name": "first_name", "family_name": "last_name", "email": "email"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the claims give somebody."""

    groups: frozenset[str]
    is_superuser: bool

    @property
    def is_staff(self) -> bool:
        return bool(self.groups) or self.is_superuser


class NotOfTheStaff(OidcRefused):
    """The provider knows somebody who has no rights here."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        super().__init__("no claim gives a right to log in")


def rights_of(claims: Mapping[str, Any]) -> Rights:
    """Read the rights from the configured claim; only what settings name counts."""
    values = _values(claims, settings.STAFF_OIDC_GROUPS_CLAIM)
    pairs = (entry.rsplit("=", 1) for entry in settings.STAFF_OIDC_GROUPS)
    superuser = settings.STAFF_OIDC_SUPERUSER_GROUP
    return Rights(
        groups=frozenset(group.strip() for value, group in pairs if value.strip() in values),
        is_superuser=bool(superuser) and superuser in values,
    )


def user_of(verified: Verified, *, at: datetime) -> User:
    """Give the user of a login, with the rights of its claims; a new one if there is none.

    Raises:
        OidcRefused: it has no rights here (`NotOfTheStaff`), is not active, or the name is taken.
    """
    rights = rights_of(verified.claims)
    try:
        user = _follow(verified, rights, at=at)
    except IntegrityError:
        raise OidcRefused("the name is taken, or the same person logs in twice at once") from None
    if user is None or not rights.is_staff:
        raise NotOfTheStaff(user)
    if not user.is_active:
        raise OidcRefused("the user is not active")
    return user


@transaction.atomic
def _follow(verified: Verified, rights: Rights, *, at: datetime) -> User | None:
    """Bring the rights up to date, also of somebody who has lost them, and record what changed."""
    issuer = settings.STAFF_OIDC_ISSUER
    known = ProviderAccount.objects.select_related("user").filter(
        issuer=issuer, subject=verified.subject
    )
    account = known.first()
    if account is None and not rights.is_staff:
        return None
    kind = audited.kind_of(User)
    before = None if account is None else kind.of_row(account.user, lock=True)
    user = _new_user(verified.claims) if account is None else account.user
    user.is_staff, user.is_superuser = rights.is_staff, rights.is_superuser
    for claim, column in _NAMES.items():
        _set_name(user, column, verified.claims.get(claim))
    user.save()
    user.groups.set(_groups(rights))
    if account is None:
        ProviderAccount.objects.create(
            user=user, issuer=issuer, subject=verified.subject, created_at=at
        )
    old, new = audited.difference(before, kind.of_row(user))
    if old or new:
        change = Change(
            action="admin/add" if account is None else "admin/change",
            object_type=kind.name,
            object_id=kind.object_id(user),
            before=old,
            after=new,
        )
        audit_log.append(_ACTOR, [change], at=at)
    return user


def _new_user(claims: Mapping[str, Any]) -> User:
    name = claims.get(settings.STAFF_OIDC_USERNAME_CLAIM)
    if not isinstance(name, str) or not name.strip():
        raise OidcRefused("the ID token names no user")
    user = User(username=User.normalize_username(name.strip()))
    user.set_unusable_password()
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError:
        raise OidcRefused("the name of the user cannot be used here") from None
    if User.objects.filter(username__iexact=user.username).exists():
        raise OidcRefused("somebody else has the name of the user")
    return user


def _set_name(user: User, column: str, value: object) -> None:
    if isinstance(value, str) and len(value) <= _SHORTEST_COLUMN and "\x00" not in value:
        setattr(user, column, value)


def _groups(rights: Rights) -> list[Group]:
    groups = list(Group.objects.filter(name__in=rights.groups))
    missing = rights.groups - {group.name for group in groups}
    if missing:
        logger.error("STAFF_OIDC_GROUPS names groups that do not exist: %s", sorted(missing))
    return groups


def _values(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Give the texts of a claim; a dot leads into a claim that is an object."""
    value: Any = claims.get(name)
    if value is None:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    listed = value if isinstance(value, list) else [value]
    return frozenset(text for text in listed if isinstance(text, str))
