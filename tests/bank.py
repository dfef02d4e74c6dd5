"""A bank with phones: every API test drives the server with these, over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from django.utils import timezone

from operations.models import Operation
from powerauth.engine.activations import activation_init, lifecycle
from powerauth.engine.activations.activation_init import InitRequest
from powerauth.engine.applications import master_keys
from powerauth.engine.applications.sdk_config import text_of
from powerauth.engine.generations.three import stored_keys
from powerauth.engine.storage import record_places, records
from powerauth.models import Activation, Application
from powerauth.phone.phone import Phone
from powerauth.phone.state import USUAL_SUITE
from tests import wsgi
from tests.factories import (
    ApplicationFactory,
    FormTemplateFactory,
    OperationFactory,
    OperationTemplateFactory,
)

PIN = "1234"
VERSIONS_OF_3 = ("3.0", "3.1", "3.2", "3.3")
VERSIONS = (*VERSIONS_OF_3, "4.0")


def sdk_config(application: Application) -> str:
    """Give the mobileSdkConfig text of an application's first version."""
    version = application.versions.order_by("id")[0]
    return text_of(version, master_keys.public_keys(application.id))


@dataclass(kw_only=True)
class Bank:
    """One application of the bank under test.

    `base_url` and `new_session` say where its phones send their requests: into the WSGI
    application of this process, or to a server of its own.
    """

    application: Application
    base_url: str = wsgi.BASE_URL
    new_session: Callable[[], requests.Session] = wsgi.session

    def phone(
        self,
        user_id: str,
        *,
        version: str = "3.3",
        suite: str = USUAL_SUITE,
        commit: bool = True,
        **init: Any,
    ) -> Phone:
        """Give a phone of `user_id` with an activation of its own, active unless not committed."""
        phone = self.blank_phone(version=version, suite=suite)
        phone.activate(self.code(user_id, **init), pin=PIN)
        if commit and self.activation(phone).state != 3:
            lifecycle.commit(phone.activation_id, at=timezone.now())
        return phone

    def blank_phone(self, *, version: str = "3.3", suite: str = USUAL_SUITE) -> Phone:
        """Give a phone that is not activated yet."""
        return Phone(
            self.base_url,
            sdk_config=sdk_config(self.application),
            version=version,
            suite=suite,
            session=self.new_session(),
        )

    def code(self, user_id: str, **init: Any) -> str:
        """Give an activation code for a user; its time may be over, as no back end can wish."""
        end, now = init.pop("expires_at", None), timezone.now()
        request = InitRequest(user_id=user_id, application_id=self.application.id, **init)
        made = activation_init.init(request, at=now)
        if end is not None:
            Activation.objects.filter(pk=made.activation.pk).update(expires_at=end)
        return made.activation_code

    def activation(self, phone: Phone) -> Activation:
        """Read the activation of a phone from the database."""
        return Activation.objects.get(id=phone.activation_id)

    def operation(self, user_id: str, **values: Any) -> Operation:
        """Give a pending payment of a user."""
        values.setdefault("applications", [self.application.id])
        return OperationFactory.create(user_id=user_id, **values)


def make_bank(**values: Any) -> Bank:
    """Give a bank with one application and the templates of a payment."""
    OperationTemplateFactory.create()
    FormTemplateFactory.create()
    return Bank(application=ApplicationFactory.create(), **values)


def take_user_away(phone: Phone) -> None:
    """Make the activation of a phone one of nobody, with the records that it would have."""
    row = Activation.objects.get(id=phone.activation_id)
    server_key = stored_keys.server_private(row)
    derived_keys = stored_keys.derived(row).to_bytes()
    row.user_id = ""
    owner = (row.id, row.application_id, row.user_id)
    row.server_private_key = records.seal(server_key, record_places.server_key(*owner))
    row.derived_keys = records.seal(derived_keys, record_places.derived_keys(*owner))
    row.save()
