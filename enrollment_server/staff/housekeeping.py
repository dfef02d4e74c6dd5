"""The end of what logins have left behind."""

from datetime import datetime

from django.contrib.sessions.models import Session

from enrollment_server.staff.guessing import throttle


def prune_failed_logins(*, at: datetime) -> int:
    """Forget failures that count no more; give how many rows."""
    return throttle.prune(at=at)


def prune_sessions(*, at: datetime) -> int:
    """Delete sessions that nobody can use any more; give how many."""
    count, _ = Session.objects.filter(expire_date__lt=at).delete()
    return count
