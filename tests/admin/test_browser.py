"""The back office in a real browser, with a phone at the other end."""

from collections.abc import Iterator

import pytest

from enrollment_server.browser import clerk
from enrollment_server.browser.bank import USER_NAME, OwnBank, own_bank
from enrollment_server.browser.chromium import chromium, is_installed
from enrollment_server.browser.office import Office
from enrollment_server.demo.seed import APPLICATION_ID, demo_parameters

pytestmark = pytest.mark.skipif(
    not is_installed(), reason="chromium and chromedriver are not on the path"
)

PIN = "1234"


@pytest.fixture(scope="module")
def bank() -> Iterator[OwnBank]:
    with own_bank() as running:
        yield running


@pytest.fixture(scope="module")
def office(bank: OwnBank) -> Iterator[Office]:
    with chromium() as driver:
        office = Office(driver=driver, base_url=bank.url)
        office.log_in(USER_NAME, bank.password)
        yield office


def _create_activation(office: Office, user_id: str) -> str:
    """Create an activation; give its code and signature as the page shows them."""
    clerk.create_activation(office, user_id)
    code = office.text("#activation-code")
    return f"{code}#{office.text('#activation-signature')}"


def test_a_working_day(bank: OwnBank, office: Office) -> None:
    """Activate a phone from the page's code, commit it, write to its user, cancel an operation."""
    phone = bank.phone()
    phone.activate(_create_activation(office, "alice-browser"), pin=PIN)
    office.open(f"powerauth/activation/{phone.activation_id}/change/")
    office.await_text("alice-browser")
    office.press("a[href$='/commit/']")
    office.await_text(f"{phone.fingerprint[:4]} {phone.fingerprint[4:]}")
    office.press("input[name=compared]")
    office.press("#confirmation button[type=submit]")
    office.await_text("Commit: 1 row.")

    clerk.fill_message(
        office,
        "alice-browser",
        subject="Your new card",
        summary="It is on its way",
        body="Dear Alice, your card is on its way.",
    )
    office.press("button[name=_save]")
    office.await_text("Sent to 1 user.")
    (message,) = phone.messages()
    assert phone.message(message["id"])["body"] == "Dear Alice, your card is on its way."

    operation = bank.back_end.call(
        "operation/create",
        userId="alice-browser",
        applications=[APPLICATION_ID],
        templateName="login",
        parameters=demo_parameters("login"),
    )
    assert [shown["id"] for shown in phone.operations()] == [operation["id"]]
    office.open(f"operations/operation/{operation['id']}/cancel/")
    office.fill("reason", "FRAUD_SUSPECTED")
    office.press("#confirmation button[type=submit]")
    office.await_text("Canceled: FRAUD_SUSPECTED.")
    assert phone.operations() == []


def test_the_preview_follows_the_form(office: Office) -> None:
    office.open("operations/formtemplate/add/")
    office.fill("title", "Pay ${amount}")
    office.await_text("Pay 1949.90")
    office.fill("attributes", "[")
    assert office.await_one(".phone-problem").text


def test_pages_work_without_other_hosts_and_without_complaints(office: Office) -> None:
    own = office.base_url.removesuffix("/enrollment-server")
    for path in ("", "operations/operation/", "powerauth/activation/", "inbox/inboxmessage/add/"):
        office.open(path)
        office.await_one("#nav-sidebar-inner")
        loaded = office.driver.execute_script(
            "return performance.getEntriesByType('resource').map(entry => entry.name)"
        )
        assert loaded and all(name.startswith(own) for name in loaded), path
    assert office.complaints() == []
