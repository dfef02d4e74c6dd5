"""What the back office does with operations, devices, applications and integrations."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from operations.models import Operation
from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import integrations
from powerauth.models import Application, ApplicationVersion, Integration
from powerauth.phone.phone import Phone
from push.models import PushDevice
from tests.admin.office import notices, staff, text_of
from tests.bank import PIN, Bank, sdk_config

OPERATIONS = "/admin/operations/operation/"
DEVICES = "/admin/push/pushdevice/"
VERSIONS = "/admin/powerauth/applicationversion/"
INTEGRATIONS = "/admin/powerauth/integration/"


def _post(client: Client, path: str, action: str, pk: object, **answers: str) -> list[str]:
    values = {"action": action, "_selected_action": [str(pk)], "confirmed": "yes", **answers}
    return notices(client.post(path, values))


def test_operation_is_canceled_with_a_reason(bank: Bank, alice: Phone) -> None:
    client = staff("some", "operations.view_operation", "operations.cancel_operation")
    operation = bank.operation("alice")
    assert _post(client, OPERATIONS, "cancel", operation.pk, reason="") == []
    said = _post(client, OPERATIONS, "cancel", operation.pk, reason="FRAUD")
    assert said == ["Cancel operation: 1 row."]
    operation.refresh_from_db()
    assert (operation.status, operation.status_reason) == ("CANCELED", "FRAUD")
    assert LogEntry.objects.filter(object_id=str(operation.pk)).count() == 1
    assert alice.operations() == []
    again = _post(client, OPERATIONS, "cancel", operation.pk, reason="AGAIN")
    assert again == [f"{operation.pk}: The operation is not pending any more."]
    page = client.get(f"{OPERATIONS}{operation.pk}/change/").content.decode()
    assert "Canceled: FRAUD." in page


def test_cancel_needs_its_permission(bank: Bank) -> None:
    client = staff("some", "operations.view_operation", "operations.change_operation")
    operation = bank.operation("alice")
    assert _post(client, OPERATIONS, "cancel", operation.pk, reason="x") == []
    page = f"{OPERATIONS}{operation.pk}/cancel/"
    assert client.post(page, {"confirmed": "yes", "reason": "x"}).status_code == 403
    operation.refresh_from_db()
    assert operation.status == "PENDING"


def test_timeline_tells_what_happened(chief: Client, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    shown = alice.operation(str(operation.pk))
    alice.approve(shown, pin="9999")
    assert alice.approve(shown, pin=PIN).ok
    text = text_of(chief.get(f"{OPERATIONS}{operation.pk}/change/").content)
    told = [
        "Created; it belongs to alice.",
        "Failed attempts: 1 of 5.",
        f"possession + knowledge by protocol 3 of activation {alice.activation_id} refused.",
        f"possession + knowledge by protocol 3 of activation {alice.activation_id} verified.",
        "Approved.",
    ]
    # The last signature is the one that approved; a token needed an earlier one.
    places = [text.rfind(line) for line in told]
    assert -1 not in places and places == sorted(places)


def test_operations_past_their_time_are_shown_as_expired(chief: Client, bank: Bank) -> None:
    past = timezone.now() - timedelta(hours=1)
    operation = bank.operation("alice", created_at=past)
    text = chief.get(f"{OPERATIONS}{operation.pk}/change/").content.decode()
    assert "Expired." in text and "if nobody decides" not in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status__exact": "PENDING"}, {"alice", "bob"}),
        ({"status__exact": "APPROVED"}, set()),
        ({"operation_type": "payment"}, {"alice", "bob"}),
        ({"operation_type": "login"}, set()),
        ({"recent": "hour"}, {"alice"}),
        ({"q": "bob"}, {"bob"}),
        ({"q": "EXT-1"}, {"alice"}),
    ],
)
def test_operations_are_filtered(
    chief: Client, bank: Bank, asked: dict[str, str], found: set[str]
) -> None:
    bank.operation("alice", external_id="EXT-1")
    bank.operation("bob", created_at=timezone.now() - timedelta(days=2))
    rows = chief.get(OPERATIONS, asked).context["cl"].result_list
    assert {row.user_id for row in rows} == found


def test_devices_are_stopped_and_forgotten(bank: Bank, alice: Phone) -> None:
    client = staff(
        "some", "push.view_pushdevice", "push.change_pushdevice", "push.delete_pushdevice"
    )
    assert alice.register_push("push-token-of-alice").ok
    device = PushDevice.objects.get()
    assert b"push-tok\xe2\x80\xa6" in client.get(f"{DEVICES}{device.pk}/change/").content
    assert _post(client, DEVICES, "deactivate", device.pk) == ["Deactivate: 1 row."]
    assert not PushDevice.objects.get().is_active
    assert _post(client, DEVICES, "activate", device.pk) == ["Activate: 1 row."]
    assert PushDevice.objects.get().is_active
    lifecycle.block(alice.activation_id, at=timezone.now())
    refused = f"{alice.activation_id}: The state of the activation does not allow this."
    assert _post(client, DEVICES, "activate", device.pk) == [refused]
    client.post(f"{DEVICES}{device.pk}/delete/", {"post": "yes"})
    assert not PushDevice.objects.exists()


def test_devices_need_permissions(bank: Bank, alice: Phone) -> None:
    client = staff("some", "push.view_pushdevice")
    alice.register_push("push-token-of-alice")
    device = PushDevice.objects.get()
    assert _post(client, DEVICES, "deactivate", device.pk) == []
    assert client.post(f"{DEVICES}{device.pk}/delete/", {"post": "yes"}).status_code == 403
    device.refresh_from_db()
    assert device.is_active


def test_application_and_version_are_created(chief: Client, bank: Bank) -> None:
    path = "/admin/powerauth/application/add/"
    assert chief.post(path, {"application_id": "new-app"}).status_code == HTTPStatus.FOUND
    application = Application.objects.get(id="new-app")
    assert application.master_key_pairs.filter(algorithm="ECDSA_P256").count() == 1
    again = chief.post(path, {"application_id": "new-app"})
    assert again.context["form"].non_field_errors() == ["This name is taken."]
    chief.post(f"{VERSIONS}add/", {"application_id": "new-app", "version_id": "2.0"})
    assert [row.name for row in application.versions.order_by("id")] == ["default", "2.0"]


def test_version_is_supported_or_not(bank: Bank, alice: Phone) -> None:
    client = staff(
        "some", "powerauth.view_applicationversion", "powerauth.change_applicationversion"
    )
    version = bank.application.versions.get()
    assert _post(client, VERSIONS, "unsupport", version.pk) == ["Stop support: 1 row."]
    assert not ApplicationVersion.objects.get().supported
    assert _post(client, VERSIONS, "support", version.pk) == ["Support: 1 row."]
    assert ApplicationVersion.objects.get().supported
    assert client.get(f"{VERSIONS}{version.pk}/sdk-config/").status_code == 403


def test_configuration_of_the_app_is_shown_with_its_permission(bank: Bank) -> None:
    permissions = ("powerauth.view_applicationversion", "powerauth.view_mobile_sdk_config")
    version = ApplicationVersion.objects.get()
    answer = staff("some", *permissions).get(f"{VERSIONS}{version.pk}/sdk-config/")
    assert sdk_config(bank.application) in answer.content.decode()
    assert b"qr-code" not in answer.content  # none holds the keys of all algorithms
    assert version.application_secret.encode() not in answer.content


def test_the_secret_of_an_integration_is_shown_once(db: None) -> None:
    client = staff(
        "some",
        "powerauth.view_integration",
        "powerauth.add_integration",
        "powerauth.delete_integration",
    )
    answer = client.post(f"{INTEGRATIONS}add/", {"name": "core"})
    secret = answer.context["client_secret"]
    made = Integration.objects.get()
    assert secret in answer.content.decode()
    assert integrations.authenticate(made.client_token, secret) == made
    for page in ("", f"{made.pk}/change/", f"{made.pk}/history/"):
        assert secret not in client.get(f"{INTEGRATIONS}{page}").content.decode()
    client.post(f"{INTEGRATIONS}{made.pk}/delete/", {"post": "yes"})
    assert not Integration.objects.exists()


def test_staff_without_rights_sees_nothing(bank: Bank, alice: Phone) -> None:
    client = staff("some")
    bank.operation("alice")
    for path in (OPERATIONS, DEVICES, VERSIONS, INTEGRATIONS, f"{INTEGRATIONS}add/"):
        assert client.get(path).status_code == HTTPStatus.FORBIDDEN, path
    home = client.get("/admin/")
    assert home.context["figures"] == [] and home.context["charts"] == []
    assert not Operation.objects.exclude(status="PENDING").exists()
