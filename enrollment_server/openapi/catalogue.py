"""All rows of all tables, by path."""

from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.envelopes import ENVELOPES
from enrollment_server.openapi.integration import (
    activation_changes,
    activation_creation,
    activations,
    application_settings,
    applications,
    callbacks,
    devices,
    encryption,
    messages,
    operation_decisions,
    operations,
    recovery,
    signatures,
)
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
    operation_decisions.CATALOGUE,
    signatures.CATALOGUE,
    encryption.CATALOGUE,
    callbacks.CATALOGUE,
    devices.CATALOGUE,
    messages.CATALOGUE,
    application_settings.CATALOGUE,
    activation_changes.CATALOGUE,
    activation_creation.CATALOGUE,
    recovery.CATALOGUE,
)
ENDPOINTS: dict[str, Endpoint] = {
    path: endpoint for group in _CATALOGUES for path, endpoint in group.endpoints.items()
}
SCHEMAS: dict[str, Schema] = {
    **ENVELOPES,
    **{name: schema for group in _CATALOGUES for name, schema in group.schemas.items()},
}
