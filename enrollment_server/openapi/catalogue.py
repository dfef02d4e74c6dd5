"""All rows of all tables, by path."""

from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.envelopes import ENVELOPES
from enrollment_server.openapi.integration import activations, applications, operations
from enrollment_server.openapi.mobile import (
    activation,
    decisions,
    inbox,
    push,
    standard,
    templates,
)
from enrollment_server.openapi.shapes import Schema

_CATALOGUES: tuple[Catalogue, ...] = (
    standard.CATALOGUE,
    decisions.CATALOGUE,
    push.CATALOGUE,
    inbox.CATALOGUE,
    activation.CATALOGUE,
    templates.CATALOGUE,
    applications.CATALOGUE,
    activations.CATALOGUE,
    operations.CATALOGUE,
)
ENDPOINTS: dict[str, Endpoint] = {
    path: endpoint for group in _CATALOGUES for path, endpoint in group.endpoints.items()
}
SCHEMAS: dict[str, Schema] = {
    **ENVELOPES,
    **{name: schema for group in _CATALOGUES for name, schema in group.schemas.items()},
}
