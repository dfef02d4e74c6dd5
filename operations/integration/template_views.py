"""Methods about operation templates below `/rest/v3/operation/template/`: integration-api.md 12."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from operations.audited import OPERATION_TEMPLATE
from operations.integration import examples
from operations.integration.presentation import OperationTemplate, template_object
from operations.templates import operation_templates
from operations.templates.operation_templates import TemplateValues
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import EnumField, Flag, ListOf, Number, Text
from powerauth.integration.words import method
from powerauth.protocol.v3.signature import SignatureType

_method = partial(method, "Operation templates")


class TemplateInput(Input):
    """Which template."""

    id = Number(needed=True)


class ValuesInput(Input):
    """The members of a template besides its name."""

    operation_type = Text(needed=True)
    data_template = Text(needed=True)
    signature_type = ListOf(EnumField(SignatureType), needed=True)
    max_failure_count = Number(needed=True)
    expiration = Number(needed=True)
    risk_flags = Text()
    proximity_check_enabled = Flag()

    @staticmethod
    def values(body: Mapping[str, Any]) -> TemplateValues:
        return TemplateValues(
            operation_type=body["operation_type"],
            data_template=body["data_template"],
            signature_types=body["signature_type"],
            max_failure_count=body["max_failure_count"],
            expiration_s=body["expiration"],
            risk_flags=body["risk_flags"],
            proximity_check_enabled=body["proximity_check_enabled"],
        )


class CreateInput(ValuesInput):
    """A whole template."""

    template_name = Text(needed=True)


class UpdateInput(ValuesInput):
    """Which template, and its new members."""

    id = Number(needed=True)


class ListView(IntegrationView):
    """`operation/template/list`."""

    endpoint = _method("List the templates", example=[examples.TEMPLATE])

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[OperationTemplate]:
        return [template_object(template) for template in operation_templates.every()]


class DetailView(IntegrationView):
    """`operation/template/detail`."""

    endpoint = _method(
        "Show a template",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_TEMPLATE_NOT_FOUND,
        request={"id": 1},
        example=examples.TEMPLATE,
    )
    input_class = TemplateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> OperationTemplate:
        return template_object(operation_templates.get(body["id"]))


class CreateView(IntegrationView):
    """`operation/template/create`."""

    endpoint = _method(
        "Create a template",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_TEMPLATE_EXISTS,
        request={"templateName": "payment", **examples.TEMPLATE_VALUES},
        example=examples.TEMPLATE,
    )
    input_class = CreateInput
    changes = Changes(kind=OPERATION_TEMPLATE, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> OperationTemplate:
        template = operation_templates.create(body["template_name"], ValuesInput.values(body))
        return template_object(template)


class UpdateView(IntegrationView):
    """`operation/template/update`."""

    endpoint = _method(
        "Replace the members of a template",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_TEMPLATE_NOT_FOUND,
        description="Operations that exist keep what they were created with.",
        request={"id": 1, **examples.TEMPLATE_VALUES},
        example=examples.TEMPLATE,
    )
    input_class = UpdateInput
    changes = Changes(kind=OPERATION_TEMPLATE, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> OperationTemplate:
        return template_object(operation_templates.update(body["id"], ValuesInput.values(body)))


class RemoveView(IntegrationView):
    """`operation/template/remove`."""

    endpoint = _method(
        "Remove a template",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_TEMPLATE_NOT_FOUND,
        request={"id": 1},
    )
    input_class = TemplateInput
    changes = Changes(kind=OPERATION_TEMPLATE, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        operation_templates.remove(body["id"])
