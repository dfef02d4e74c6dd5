"""Credentials of push providers in the back office: set, tested and removed, never shown."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from powerauth.models import AuditRecord
from push.admin import probing
from push.credentials import services
from push.credentials.checks import SECRET_SIZE
from push.credentials.opening import opened
from push.credentials.probing import Probe
from push.models import DeliveryState, Platform, PushAppCredentials, PushChannel, PushDelivery
from push.providers.values import ApnsKey, HmsAccount, Outcome, Result
from tests.admin.office import notices, staff, text_of
from tests.bank import Bank
from tests.push.accounts import every_provider, p8, service_account
from tests.push.outbox import providers

pytestmark = pytest.mark.django_db
LIST = "/admin/push/pushappcredentials/"
VIEW = "push.view_pushappcredentials"
ADD = "push.add_pushappcredentials"
CHANGE = "push.change_pushappcredentials"
APPLE = {"key_id": "KEY7654321", "team_id": "TEAM654321", "bundle": "com.bank.other"}
HUAWEI = {"project_id": "999001", "client_id": "105001"}
EDITS = ("apns", "fcm", "hms")
MARK = "mark-of-a-secret"


@pytest.fixture
def row() -> PushAppCredentials:
    return services.create("retail", at=timezone.now())


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == HTTPStatus.OK
    return {name: list(texts) for name, texts in answer.context["form"].errors.items()}


def everywhere(client: Client, row: PushAppCredentials) -> str:
    """Give all that could show a secret: pages, the history, and the audit log."""
    paths = ("", f"{row.pk}/change/", f"{row.pk}/history/")
    forms = [f"{row.pk}/{name}/" for name in (*EDITS, "test")]
    pages = [client.get(f"{LIST}{path}").content.decode() for path in (*paths, *forms)]
    records = [f"{one.before}{one.after}{one.outcome}" for one in AuditRecord.objects.all()]
    return "".join((*pages, *records, *(one.change_message for one in LogEntry.objects.all())))


def test_credentials_are_made_for_an_application_once(chief: Client, bank: Bank) -> None:
    name = bank.application.id
    answer = chief.post(f"{LIST}add/", {"application_id": name})
    row = PushAppCredentials.objects.get()
    assert row.application_id == name and answer["Location"] == f"{LIST}{row.pk}/change/"
    assert AuditRecord.objects.get().action == "admin/add"
    form = chief.get(f"{LIST}add/").context["form"]
    assert form.fields["application_id"].choices == []
    assert "application_id" in errors(chief.post(f"{LIST}add/", {"application_id": name}))
    assert "application_id" in errors(chief.post(f"{LIST}add/", {"application_id": "unknown"}))
    assert PushAppCredentials.objects.count() == 1


@pytest.mark.parametrize("how", ["uploaded", "pasted"])
def test_a_key_is_set_and_never_shown(row: PushAppCredentials, how: str) -> None:
    client = staff("some", VIEW, CHANGE)
    file = SimpleUploadedFile("AuthKey.p8", p8())
    given = {"private_key_file": file} if how == "uploaded" else {"private_key": p8().decode()}
    answer = client.post(f"{LIST}{row.pk}/apns/", {**APPLE, **given})
    assert answer["Location"] == "../change/"
    found = opened(PushAppCredentials.objects.get(), Platform.APNS)
    assert isinstance(found, ApnsKey)
    assert found.private_key.strip() == p8().decode().strip()
    assert (found.key_id, found.team_id, found.bundle_id) == tuple(APPLE.values())
    channel = PushChannel.objects.get()
    assert (channel.platform, channel.enabled) == ("apns", True)
    shown = everywhere(client, row)
    assert "KEY7654321" in shown and "(hidden)" in shown
    sealed = bytes(PushAppCredentials.objects.get().apns_private_key)
    secret_line = p8().decode().splitlines()[1]
    assert not [each for each in (secret_line, sealed.hex(), repr(sealed)) if each in shown]
    assert AuditRecord.objects.get().action == "admin/set_apns"


def test_without_a_new_secret_the_old_one_stays() -> None:
    row = every_provider("retail")
    client = staff("some", VIEW, CHANGE)
    page = client.get(f"{LIST}{row.pk}/hms/")
    assert page.context["form"].initial == HUAWEI
    client.post(f"{LIST}{row.pk}/hms/", {**HUAWEI, "client_id": "105002"})
    found = opened(PushAppCredentials.objects.get(), Platform.HMS)
    assert found == HmsAccount(project_id="999001", client_id="105002", client_secret="hms-secret")
    client.post(f"{LIST}{row.pk}/hms/", {**HUAWEI, "client_secret": "another"})
    found = opened(PushAppCredentials.objects.get(), Platform.HMS)
    assert isinstance(found, HmsAccount) and found.client_secret == "another"
    assert PushChannel.objects.get(platform="hms").version == 3


@pytest.mark.parametrize(
    ("name", "values", "field", "text"),
    [
        ("apns", {**APPLE, "private_key": MARK}, "private_key", "not the .p8 file of Apple"),
        ("apns", APPLE, None, "must not be empty"),
        ("apns", {**APPLE, "bundle": "a b"}, "bundle", "letters, digits and signs"),
        ("apns", {**APPLE, "key_id": "x" * 256}, "key_id", "at most 255 characters"),
        ("apns", {**APPLE, "environment": "moon"}, "environment", "not one of the available"),
        (
            "apns",
            {**APPLE, "private_key": MARK + "x" * SECRET_SIZE},
            "private_key",
            "larger than what a provider gives out",
        ),
        (
            "fcm",
            {"project_id": "p", "service_account": f'{{"type": "{MARK}"}}'},
            "service_account",
            "not the JSON key file",
        ),
        (
            "fcm",
            {
                "project_id": "p",
                "service_account": service_account(client_email=None, private_key_id=MARK).decode(),
            },
            "service_account",
            "client_email is missing",
        ),
        ("hms", {**HUAWEI, "client_secret": f"{MARK}é"}, "client_secret", "one line of ASCII"),
    ],
)
def test_what_no_provider_takes_is_said_without_the_secret(
    row: PushAppCredentials, name: str, values: dict[str, str], field: str | None, text: str
) -> None:
    client = staff("some", VIEW, CHANGE)
    answer = client.post(f"{LIST}{row.pk}/{name}/", values)
    found = errors(answer)
    assert list(found) == [field or "__all__"] and text in found[field or "__all__"][0]
    assert MARK not in answer.content.decode() and MARK not in everywhere(client, row)
    assert not PushChannel.objects.exists()
    assert not AuditRecord.objects.exists()


def test_a_secret_is_given_once_and_is_bounded(row: PushAppCredentials) -> None:
    client = staff("some", VIEW, CHANGE)
    for values, text in (
        (
            {"private_key_file": SimpleUploadedFile("k", p8()), "private_key": p8().decode()},
            "not both",
        ),
        ({"private_key_file": SimpleUploadedFile("k", b"x" * (SECRET_SIZE + 1))}, "larger than"),
    ):
        answer = client.post(f"{LIST}{row.pk}/apns/", {**APPLE, **values})
        assert text in errors(answer)["private_key"][0]
    assert not services.has(PushAppCredentials.objects.get(), Platform.APNS)


def test_removal_asks_first_and_ends_what_waits() -> None:
    row = every_provider("retail")
    providers.device(1)
    providers.write()
    client = staff("some", VIEW, CHANGE)
    path = f"{LIST}{row.pk}/remove_fcm/"
    client.post(path)
    assert services.has(PushAppCredentials.objects.get(), Platform.FCM)
    client.post(path, {"confirmed": "yes"})
    now = PushAppCredentials.objects.get()
    assert [services.has(now, each) for each in Platform] == [True, False, True]
    assert PushDelivery.objects.get().state == DeliveryState.FAILED
    assert AuditRecord.objects.get().action == "admin/remove_fcm"
    assert f"{row.pk}/remove_fcm/" not in client.get(f"{LIST}{row.pk}/change/").content.decode()


def test_each_page_needs_its_permission(bank: Bank) -> None:
    row = every_provider("retail")
    changing = [f"{LIST}{row.pk}/{name}/" for name in (*EDITS, "test", "remove_apns")]
    viewer, adder, changer = staff("v", VIEW), staff("a", VIEW, ADD), staff("c", VIEW, CHANGE)
    for client in (staff("none"), staff("blind", ADD)):
        assert client.get(LIST).status_code == HTTPStatus.FORBIDDEN
        for path in (*changing, f"{LIST}{row.pk}/change/"):
            assert client.post(path, {"confirmed": "yes"}).status_code == HTTPStatus.FORBIDDEN
    for client in (viewer, adder):
        shown = client.get(f"{LIST}{row.pk}/change/").content.decode()
        for path in changing:
            assert client.post(path, {"confirmed": "yes"}).status_code == HTTPStatus.FORBIDDEN
            assert path not in shown
    for path in changing:
        assert changer.get(path).status_code == HTTPStatus.OK
    posted = {"application_id": bank.application.id}
    for client in (viewer, changer):
        assert client.post(f"{LIST}add/", posted).status_code == HTTPStatus.FORBIDDEN
    assert adder.post(f"{LIST}add/", posted).status_code == HTTPStatus.FOUND
    assert [services.has(PushAppCredentials.objects.get(pk=row.pk), each) for each in Platform] == [
        *(True, True, True)
    ]


def test_providers_are_asked_and_what_they_say_is_told(
    row: PushAppCredentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Result(
        outcome=Outcome.FAILED, reason="InvalidProviderToken", credentials_refused=True
    )
    said = [
        Probe(platform=Platform.APNS, environment="production", result=refused),
        Probe(platform=Platform.FCM, result=Result(outcome=Outcome.SENT)),
    ]
    monkeypatch.setattr(probing, "probe", lambda row, *, at: said)
    client = staff("some", VIEW, CHANGE)
    path = f"{LIST}{row.pk}/test/"
    assert client.get(path).context["said"] is None
    assert not AuditRecord.objects.exists()
    text = text_of(client.post(path).content)
    assert "Apple production refuses the credentials (InvalidProviderToken)" in text
    assert "Google takes the credentials" in text
    assert AuditRecord.objects.get().action == "admin/test_connection"


def test_one_at_a_time_asks_providers(
    chief: Client, row: PushAppCredentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{LIST}{row.pk}/test/"
    with probing._ROOM:
        assert "Somebody else is asking" in text_of(chief.post(path).content)
    assert "It has no credentials of any provider." in text_of(chief.post(path).content)

    def broken(row: PushAppCredentials, *, at: object) -> list[Probe]:
        raise FileNotFoundError

    monkeypatch.setattr(probing, "probe", broken)
    assert "PUSH_CA_FILE of the server cannot be used." in text_of(chief.post(path).content)


def test_troubles_are_told_to_those_who_see_credentials() -> None:
    every_provider("retail")
    now = timezone.now()
    PushChannel.objects.filter(platform="apns").update(
        refused_at=now, refused_reason="InvalidProviderToken", open_until=now
    )
    PushChannel.objects.filter(platform="hms").update(
        failures=99, open_until=now + timedelta(minutes=1)
    )
    providers.device(1, application_id="another")
    seeing = staff("seeing", VIEW, "push.view_pushmessage", "push.view_pushdevice")
    others = staff("others", "push.view_pushmessage", "push.view_pushdevice")
    for path in ("/admin/", LIST, "/admin/push/pushmessage/", "/admin/push/pushdevice/"):
        text = text_of(seeing.get(path).content)
        assert "Apple refuses the credentials of retail since" in text, path
        assert "InvalidProviderToken" in text
        assert "Huawei does not answer for retail." in text
        assert "Google refuses" not in text and "Google does not answer" not in text
        if path != LIST:
            assert "refuses the credentials" not in text_of(others.get(path).content)
    assert "another has devices of Google, and no credentials" in text_of(seeing.get(LIST).content)


def test_pages_take_few_statements(chief: Client, django_assert_max_num_queries: Any) -> None:
    rows = [every_provider(f"retail-{number}") for number in range(5)]
    for path in (LIST, f"{LIST}{rows[0].pk}/change/", f"{LIST}{rows[0].pk}/apns/"):
        with django_assert_max_num_queries(12):
            assert chief.get(path).status_code == HTTPStatus.OK


def test_what_is_gone_is_said(chief: Client) -> None:
    assert notices(chief.get(f"{LIST}4711/apns/")) == ["It does not exist any more."]
