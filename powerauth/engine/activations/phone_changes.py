"""What a phone changes of its activation while the state stays: words, and the row of history.

Whoever changes it has verified a code and holds the lock of the activation:

    phone_changes.write(activation, PhoneChange.PASSWORD, at=at, **columns)

History tells of the phone; the audit log tells of back ends that ask for the same, by the columns
that `audited_kinds` names. Source: integration-api.md 6.5, protocol-4.md 23.3, 25, 30, 39.1.
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.engine import figures
from powerauth.engine.activations import activations
from powerauth.models import Activation


class PhoneChange(models.TextChoices):
    """What was changed, as history says it."""

    CONFIRMED = "ACTIVATION_CONFIRMED", _("confirmed by the phone")
    PASSWORD = "PASSWORD_CHANGED", _("new password")
    BIOMETRY_ADDED = "BIOMETRY_ADDED", _("biometry added")
    BIOMETRY_REMOVED = "BIOMETRY_REMOVED", _("biometry removed")
    UPGRADE_STARTED = "UPGRADE_STARTED", _("upgrade to protocol 4 started")
    VERSION = "ACTIVATION_VERSION_CHANGED", _("upgrade to protocol 4 done")


def write(activation: Activation, change: PhoneChange, *, at: datetime, **columns: Any) -> None:
    """Change columns of a locked activation, and write the row of history; back ends are not told.

    What is as it was already leaves no row: a phone that repeats a call changes nothing.

    Args:
        columns: by name, such as `factor_changes` gives them.
    """
    if any(getattr(activation, name) != value for name, value in columns.items()):
        activations.change(activation, at=at, reason=change.value, callback=False, **columns)
        figures.changed(activation.pending_suite or activation.algorithm, change.value)
