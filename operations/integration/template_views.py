"""Methods about operation templates below `/rest/v3/operation/template/`: integration-api.md 12."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operations.audited import OPERATION_TEMPLATE
from operations.integration.presentation import template_object
from operations.templates import operation_templates
from operations.templates.operation_templates import TemplateValues
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import EnumField, Flag, ListOf, Number, Text
from powerauth.protocol.v3.signature import SignatureType


class TemplateInput(Input):
    """Which template."""

    id = Number()


class ValuesInput(Input):
    """The members of a template besides its name."""

    operation_type = Text()
    data_template = Text()
    signature_type = ListOf(EnumField(SignatureType))
    max_failure_count = Number()
    expiration = Number()
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

    template_name = Text()


class UpdateInput(ValuesInput):
    """Which template, and its new members."""

    id = Number()


class ListView(IntegrationView):
    """`operation/template/list`."""

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[dict[str, Any]]:
        return [template_object(template) for template in operation_templates.every()]


class DetailView(IntegrationView):
    """`operation/template/detail`."""

    input_class = TemplateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return template_object(operation_templates.get(body["id"]))


class CreateView(IntegrationView):
    """`operation/template/create`."""

    input_class = CreateInput
    changes = Changes(kind=OPERATION_TEMPLATE, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        template = operation_templates.create(body["template_name"], ValuesInput.values(body))
        return template_object(template)


class UpdateView(IntegrationView):
    """`operation/template/update`."""

    input_class = UpdateInput
    changes = Changes(kind=OPERATION_TEMPLATE, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return template_object(operation_templates.update(body["id"], ValuesInput.values(body)))


class RemoveView(IntegrationView):
    """`operation/template/remove`."""

    input_class = TemplateInput
    changes = Changes(kind=OPERATION_TEMPLATE, given=("id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        operation_templates.remove(body["id"])
