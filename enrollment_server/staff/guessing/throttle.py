"""Growing delays after failed logins, by account and by address.

An attempt is counted as failed before anything is verified, under a lock of its rows, and taken
back when it succeeds: however many guess at the same time, no more are verified than may be.

A browser in which somebody has logged in before is counted for itself: strangers who guess an
account's password lock out other strangers, never its owner.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac

from enrollment_server.staff.models import FailedLogins, GuessScope

FIRST_DELAY_S = 30  # after the last free attempt; each further failure doubles it
FORGOTTEN_AFTER = timedelta(days=1)
_MOST_DOUBLINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What is counted together, and how many failures cost nothing."""

    key: str
    scope: GuessScope
    free: int
    user_id: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock that an attempt begins if it fails, and what was refused since the one before."""

    counter: Counter
    seconds: int
    failures: int
    refused: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt that may be verified; it has been counted as failed."""

    counters: tuple[Counter, ...]
    locks: tuple[Lock, ...]


class Locked(Exception):
    """Too many have failed: nothing is verified before `until`."""

    def __init__(self, until: datetime, scopes: Sequence[str]) -> None:
        self.until = until
        self.scopes = tuple(scopes)
        super().__init__(", ".join(scopes))


def counters(
    *, step: str, user_name: str, user: AbstractBaseUser | None, browser: str | None, address: str
) -> tuple[Counter, ...]:
    """Give what an attempt counts for.

    Args:
        step: what is guessed, such as `password`; each step is counted for itself.
        user: the account that is tried, None if nobody has the name.
        browser: identifier of the known browser that the account is tried from, if it is one.
    """
    if user is not None and browser is not None:
        key = _key(step, GuessScope.BROWSER, f"{user.pk} {browser}")
        free = settings.STAFF_LOGIN_ATTEMPTS
        return (Counter(key=key, scope=GuessScope.BROWSER, free=free, user_id=user.pk),)
    name = f"id {user.pk}" if user is not None else f"name {_folded(user_name)}"
    account = Counter(
        key=_key(step, GuessScope.ACCOUNT, name),
        scope=GuessScope.ACCOUNT,
        free=settings.STAFF_LOGIN_ATTEMPTS,
        user_id=None if user is None else user.pk,
    )
    return (account, address_counter(step=step, address=address))


def address_counter(*, step: str, address: str) -> Counter:
    """Give what an attempt of nobody in particular counts for; /64 of IPv6 is one address."""
    network = _network(address)
    return Counter(
        key=_key(step, GuessScope.ADDRESS, network),
        scope=GuessScope.ADDRESS,
        free=settings.STAFF_LOGIN_ADDRESS_ATTEMPTS,
        address=network,
    )


def begin(counted: Sequence[Counter], *, at: datetime) -> Attempt:
    """Count an attempt as failed, or refuse it.

    Raises:
        Locked: it has to wait; that it was refused is noted, and does not make it wait longer.
    """
    with transaction.atomic():
        rows = _locked_rows(counted, at)
        waiting = [row for row in rows if row.locked_until and row.locked_until > at]
        if waiting:
            keys = [row.key for row in waiting]
            FailedLogins.objects.filter(key__in=keys).update(refused=F("refused") + 1)
        else:
            by_key = {counter.key: counter for counter in counted}
            locks = [_count(row, by_key[row.key], at) for row in rows]
    if waiting:
        until = max(row.locked_until for row in waiting if row.locked_until)
        raise Locked(until, [str(row.scope) for row in waiting])
    return Attempt(counters=tuple(counted), locks=tuple(lock for lock in locks if lock))


def succeeded(attempt: Attempt) -> None:
    """Forget the failures of the account or browser, and take back the one of the address.

    Somebody with an account of their own could else guess those of others without end.
    """
    own = [one.key for one in attempt.counters if one.scope != GuessScope.ADDRESS]
    FailedLogins.objects.filter(key__in=own).delete()
    take_back(attempt)


def take_back(attempt: Attempt) -> None:
    """Undo the count of an attempt that was not verified."""
    for lock in attempt.locks:
        ours = FailedLogins.objects.filter(key=lock.counter.key, locked_until=lock.until)
        ours.update(locked_until=None)
    keys = [counter.key for counter in attempt.counters]
    FailedLogins.objects.filter(key__in=keys).update(failures=Greatest(F("failures") - 1, 0))


def unlock(user: AbstractBaseUser) -> int:
    """Forget all failures of an account and of its known browsers; give how many counters."""
    count, _ = FailedLogins.objects.filter(user_id=user.pk).delete()
    return count


def prune(*, at: datetime) -> int:
    """Delete what counts no more; give how many rows."""
    over = Q(locked_until=None) | Q(locked_until__lt=at)
    count, _ = FailedLogins.objects.filter(over, last_at__lt=at - FORGOTTEN_AFTER).delete()
    return count


def delay_s(failures: int, *, free: int) -> int:
    """Give the seconds that the next attempt has to wait after so many failures in a row."""
    if failures < free:
        return 0
    doublings = min(failures - free, _MOST_DOUBLINGS)
    return min(int(settings.STAFF_LOGIN_MAX_DELAY_S), FIRST_DELAY_S << doublings)


def _locked_rows(counted: Sequence[Counter], at: datetime) -> list[FailedLogins]:
    new = [
        FailedLogins(
            key=one.key, scope=one.scope, user_id=one.user_id, address=one.address, last_at=at
        )
        for one in counted
    ]
    FailedLogins.objects.bulk_create(new, ignore_conflicts=True)
    keys = [one.key for one in counted]
    # In the order of keys, or two attempts could wait for each other.
    return list(FailedLogins.objects.select_for_update().filter(key__in=keys).order_by("key"))


def _count(row: FailedLogins, counter: Counter, at: datetime) -> Lock | None:
    before = row.failures if at - row.last_at <= FORGOTTEN_AFTER else 0
    failures = before + 1
    seconds = delay_s(failures, free=counter.free)
    until = at + timedelta(seconds=seconds) if seconds else None
    refused = row.refused
    FailedLogins.objects.filter(key=row.key).update(
        failures=failures, last_at=at, locked_until=until, refused=0 if until else refused
    )
    if until is None:
        return None
    return Lock(counter=counter, seconds=seconds, failures=failures, refused=refused, until=until)


def _key(step: str, scope: GuessScope, what: str) -> str:
    salt = f"staff.failed_logins.{step}.{scope}"
    return salted_hmac(salt, what, algorithm="sha256").hexdigest()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), 64), strict=False))
