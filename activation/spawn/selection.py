"""The allow rules that concern a request: rows first, then the setting `ACTIVATION_SPAWN_RULES`.

No rule, no activation. Rows come in the order of their identifiers, entries as they are listed.
"""

import logging

from django.conf import settings

from activation.models import SpawnRule
from activation.spawn.rules import Rule, is_flag_list, of_setting

logger = logging.getLogger(__name__)


def candidates(source_application_id: str, requested: str) -> list[Rule]:
    """Give the rules for an application and what it asks for, the first one to try first.

    Raises:
        ImproperlyConfigured: see `of_setting`.
    """
    rows = SpawnRule.objects.filter(
        source_application_id=source_application_id, requested_id=requested, enabled=True
    ).order_by("id")
    listed = of_setting(settings.ACTIVATION_SPAWN_RULES)
    return [
        *(rule for row in rows if (rule := _of_row(row)) is not None),
        *(
            rule
            for rule in listed
            if rule.source == source_application_id and rule.requested == requested
        ),
    ]


def _of_row(row: SpawnRule) -> Rule | None:
    # A row that no form has checked must not require less than was meant.
    if not is_flag_list(row.required_flags) or not is_flag_list(row.flags_to_add):
        logger.error("spawn rule %s is ignored: its flags are no lists of texts", row.pk)
        return None
    return Rule(
        name=f"row {row.pk}",
        source=row.source_application_id,
        requested=row.requested_id,
        destination=row.destination_application_id,
        required_flags=frozenset(row.required_flags),
        flags_to_add=tuple(row.flags_to_add),
    )
