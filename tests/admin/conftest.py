"""A back office with somebody who may do everything, over a bank with rows of every kind."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from activation.models import SpawnAudit, SpawnOutcome, SpawnRule
from inbox import services as inbox
from operations.decisions import creation
from operations.decisions.creation import NewOperation
from operations.models import OperationTemplate
from powerauth.engine.applications import integrations
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callbacks import Configuration
from powerauth.models import Callback, CallbackEvent, CallbackEventState, CallbackType
from powerauth.phone.phone import Phone
from push.campaigns import services as campaigns
from push.messages.values import PushMessage, Text
from push.models import PushChannel
from tests.admin.office import client_of
from tests.bank import PIN, Bank
from tests.push.accounts import every_provider
from tests.push.outbox import providers

PUSH_TOKEN = "push-token-that-nobody-may-see"
PERSONAL = PushMessage(title=Text(text="Payment"), body=Text(text="To Bob"), personal=True)


@pytest.fixture
def chief(db: None) -> Client:
    return client_of(User.objects.create_superuser("chief"))


@pytest.fixture
def full_bank(bank: Bank, alice: Phone) -> str:
    """A bank with a row of every kind; gives the secret of its integration."""
    at = timezone.now()
    name = bank.application.id
    OperationTemplate.objects.update(proximity_check_enabled=True)
    wanted = NewOperation(
        template_name="payment",
        applications=[name],
        user_id="alice",
        parameters={"amount": "1", "currency": "CZK", "iban": "CZ1"},
    )
    operation = creation.create(wanted, at=at)
    alice.approve(alice.operation(str(operation.pk)), pin="9999")
    alice.unread_count()
    alice.register_push(PUSH_TOKEN, platform="apns", environment="production")
    every_provider(name)
    PushChannel.objects.filter(platform="hms").update(refused_at=at, refused_reason="BadSecret")
    providers.write(PERSONAL, application_ids=[name])
    campaign = campaigns.create(name, PERSONAL, at=at)
    campaigns.add_users(campaign.pk, ["alice"], at=at)
    providers.write(application_ids=[name])
    bank.code("bob", otp="otp-of-bob")
    assert bank.phone("carla", version="4.0").validate_signature(pin=PIN).ok
    inbox.create_message(
        user_id="alice",
        type="html",
        subject="Your card",
        summary="On its way",
        body="<b>Dear Alice</b>",
        applications=[name],
        at=at,
    )
    SpawnRule.objects.create(
        source_application_id=name, requested_id="x", destination_application_id=name
    )
    SpawnAudit.objects.create(
        user_id="alice",
        source_application_id=name,
        source_activation_id=alice.activation_id,
        requested_id="x",
        outcome=SpawnOutcome.REFUSED,
        created_at=at - timedelta(minutes=1),
    )
    callback = callbacks.create(
        name,
        Configuration(
            name="core",
            type=CallbackType.OPERATION_STATUS_CHANGE,
            url="https://core.bank.example/" + "long" * 50,
        ),
        at=at,
    ).callback
    Callback.objects.filter(pk=callback.pk).update(failures=3)
    for state in CallbackEventState:
        CallbackEvent.objects.create(
            callback=callback,
            payload={"operationId": str(operation.pk), "userId": "long" * 50},
            state=state,
            next_attempt_at=at,
            created_at=at,
            last_error="refused " + "long" * 50,
        )
    return integrations.create("core banking").client_secret
