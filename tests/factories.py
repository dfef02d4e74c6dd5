"""Rows that tests need, made the way the product makes them where it makes them."""

import json
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from operations.models import FormTemplate, Operation, OperationApplication, OperationTemplate
from powerauth.engine.applications import applications
from powerauth.models import Application


class ApplicationFactory(factory.django.DjangoModelFactory[Application]):
    """An application with a master key pair and one supported version."""

    class Meta:
        model = Application

    id = factory.Sequence(lambda n: f"app-{n}")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        return applications.create(kwargs["id"])


class OperationTemplateFactory(factory.django.DjangoModelFactory[OperationTemplate]):
    """The engine's template of a payment."""

    class Meta:
        model = OperationTemplate
        django_get_or_create = ("template_name",)

    template_name = "payment"
    operation_type = "payment"
    data_template = "A1*A${amount}${currency}*I${iban}"
    signature_types = factory.LazyFunction(lambda: ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"])
    max_failure_count = 5
    expiration_s = 300


class FormTemplateFactory(factory.django.DjangoModelFactory[FormTemplate]):
    """What the phone shows of a payment."""

    class Meta:
        model = FormTemplate
        django_get_or_create = ("placeholder", "language")

    placeholder = "payment"
    language = "en"
    title = "Payment to ${iban}"
    message = "Please confirm this payment"
    attributes = json.dumps(
        [
            {
                "id": "operation.amount",
                "type": "AMOUNT",
                "text": "Amount",
                "params": {"amount": "amount", "currency": "currency"},
            }
        ]
    )


class OperationFactory(factory.django.DjangoModelFactory[Operation]):
    """A pending payment of `user_id` in `applications`."""

    class Meta:
        model = Operation
        skip_postgeneration_save = True

    user_id = "alice"
    operation_type = "payment"
    template_name = "payment"
    data = "A1*A2199.40CZK*ICZ1"
    parameters = factory.LazyFunction(
        lambda: {"amount": "2199.40", "currency": "CZK", "iban": "CZ1"}
    )
    signature_types = factory.LazyFunction(lambda: ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"])
    max_failure_count = 5
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(
        lambda operation: operation.created_at + timedelta(minutes=5)
    )

    @factory.post_generation
    def applications(self, create: bool, extracted: list[str] | None, **kwargs: Any) -> None:
        for application_id in extracted or []:
            OperationApplication.objects.create(operation=self, application_id=application_id)
