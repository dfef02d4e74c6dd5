"""Versions that an activation may be used in: protocol.md 0.1 and 14 (33), protocol-4.md 16.1.

Those of its generation. Among them, the specification lets an app go back, so a version below the
one that the activation was created with is accepted and logged, unless the bank's apps never do and
a setting says so.
"""

import logging

from powerauth.engine import policy
from powerauth.engine.generations import choice
from powerauth.models import Activation

logger = logging.getLogger(__name__)


def is_reached(activation: Activation, version: str) -> bool:
    """Tell whether a version is of the activation's generation, and not below its own."""
    return version >= activation.created_with and choice.speaks(activation, version)


def admits(activation: Activation, version: str, *, use: str) -> bool:
    """Tell whether an activation may be used in a version; a lower one leaves a log line.

    Args:
        use: what the version is used for, in the words of the log line.
    """
    if is_reached(activation, version):
        return True
    if not choice.speaks(activation, version):
        return False
    allowed = policy.version_downgrade_allowed()
    logger.info(
        "%s in a lower version %s: activation %s, created with %s, used with %s",
        use,
        "accepted" if allowed else "refused",
        activation.pk,
        activation.created_with,
        version,
    )
    return allowed
