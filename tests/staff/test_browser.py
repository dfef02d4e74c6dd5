"""A login with a second factor in a real browser, by keyboard only."""

from base64 import b32decode
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys

from enrollment_server.browser.bank import USER_NAME, OwnBank, own_bank
from enrollment_server.browser.chromium import chromium, is_installed
from enrollment_server.browser.office import Office
from tests.staff.people import code_of

pytestmark = pytest.mark.skipif(
    not is_installed(), reason="chromium and chromedriver are not on the path"
)


@pytest.fixture(scope="module")
def bank() -> Iterator[OwnBank]:
    with own_bank({"STAFF_SECOND_FACTOR": "password"}) as running:
        yield running


@pytest.fixture
def office(bank: OwnBank) -> Iterator[Office]:
    with chromium() as driver:
        yield Office(driver=driver, base_url=bank.url)


def press_keys(office: Office, *keys: str, first: str) -> None:
    """Type into the field named `first`, and then into whatever has the focus."""
    # A window that nobody looks at gives the focus to no field by itself.
    office.driver.execute_script("arguments[0].focus()", office.await_one(f"[name={first}]"))
    for key in keys:
        office.driver.switch_to.active_element.send_keys(key)


def fits(office: Office) -> bool:
    """Tell whether nothing of the page is wider than a phone."""
    script = "return document.documentElement.scrollWidth <= window.innerWidth"
    return bool(office.driver.execute_script(script))


def test_setting_up_and_logging_in_by_keyboard(bank: OwnBank, office: Office) -> None:
    office.driver.set_window_size(390, 1000)
    office.open("operations/operation/")
    office.await_one("[name=password]")
    assert fits(office)
    press_keys(office, USER_NAME, Keys.TAB, bank.password, Keys.ENTER, first="username")
    secret = b32decode(office.text("#second-factor-secret").replace(" ", ""))
    office.await_one(".backoffice-qr svg")
    assert fits(office)
    press_keys(office, "000000", Keys.ENTER, first="code")
    office.await_text("This is not the code")
    press_keys(office, code_of(secret), Keys.ENTER, first="code")
    first, *others = office.text("#recovery-codes").split()
    assert len(others) == 9 and fits(office)
    office.await_one("a.w-full").send_keys(Keys.ENTER)
    office.await_text("Operation")
    assert office.driver.current_url.endswith("/admin/operations/operation/")

    office.driver.set_window_size(1440, 1000)
    office.open("second-factor/")
    office.await_text("10 recovery codes are left.")
    office.press("#logout-form [type=submit]")
    office.await_text("logged out")
    office.open("")
    press_keys(office, USER_NAME, Keys.TAB, bank.password, Keys.ENTER, first="username")
    office.await_text("Type the code")
    press_keys(office, first, Keys.ENTER, first="code")
    office.await_one("#nav-sidebar-inner")
    assert office.complaints() == []
