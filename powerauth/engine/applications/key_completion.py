"""Master keys of protocol 4.0 for applications of before it: protocol-4.md 19.1."""

from datetime import datetime

from django.db import transaction

from powerauth.engine.applications import master_keys
from powerauth.engine.audit import audit_log
from powerauth.engine.audit.audit_log import Actor, Change
from powerauth.engine.audit.audited_kinds import APPLICATION
from powerauth.models import ActorKind, Application

ACTION = "command/complete_master_keys"


@transaction.atomic
def complete(application_id: str, *, at: datetime) -> list[str]:
    """Give an application the key pairs that it lacks; whoever comes second finds nothing to do.

    Returns: the names of the algorithms that were added.
    """
    added = add_lacking(application_id)
    if added:
        change = Change(
            action=ACTION,
            object_type=APPLICATION,
            object_id=application_id,
            after={"master_keys": added},
        )
        audit_log.append(Actor(kind=ActorKind.SYSTEM), [change], at=at)
    return added


def add_lacking(application_id: str) -> list[str]:
    """Do it in the transaction of whoever keeps a record of it.

    Returns: the names of the algorithms that were added.
    """
    # Activations may begin meanwhile: they refer to the application, and change nothing of it.
    application = Application.objects.select_for_update(no_key=True).get(pk=application_id)
    return master_keys.complete(application)
