"""Tags of the pages of the back office."""

from typing import Any

from django import template

from enrollment_server.backoffice import counts

register = template.Library()


@register.simple_tag
def row_count(changelist: Any) -> str:
    """Say how many rows a list has."""
    limit = getattr(changelist.paginator, "limit", None)
    return counts.row_count(changelist.model, changelist.result_count, limit=limit)
