"""Every page of the back office in a real browser: it fits, it can be read, and keys work it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from enrollment_server.browser import clerk
from enrollment_server.browser.bank import USER_NAME, OwnBank, own_bank
from enrollment_server.browser.chromium import chromium, is_installed
from enrollment_server.browser.measures import contrast, measure, set_dark
from enrollment_server.browser.office import PATIENCE_S, Office
from enrollment_server.demo.seed import APPLICATION_ID, demo_parameters

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.skipif(not is_installed(), reason="chromium and chromedriver are not on the path"),
]

PIN = "1234"
WIDTHS = (1440, 390)  # pixels: of a desk, and of a phone
LONG = "long-word-without-spaces-" * 12
TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, level AA
SHAPE_CONTRAST = 3.0  # WCAG 2.2, 1.4.11, level AA
KEY = re.compile(r"/([0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=/)")
# What changes something at once, or is no page.
NO_PAGE = re.compile(r"/(logout|jsi18n|export|password_change/done|provider|oidc)\b")


def _driver(office: Office) -> WebDriver:
    assert isinstance(office.driver, WebDriver)
    return office.driver


@pytest.fixture(scope="module")
def bank() -> Iterator[OwnBank]:
    """A bank with rows of every kind, some of them as long as they may be."""
    with own_bank() as running:
        back_end = running.back_end
        back_end.call(
            "application/callback/create",
            applicationId=APPLICATION_ID,
            name="core",
            type="OPERATION_STATUS_CHANGE",
            callbackUrl=f"https://core.bank.example/{LONG}",
            attributes=["userId", "additionalData"],
        )
        phone = running.phone()
        activation = back_end.call(
            "activation/init",
            userId="alice",
            applicationId=APPLICATION_ID,
            commitPhase="ON_KEY_EXCHANGE",
        )
        phone.activate(activation["activationCode"], pin=PIN)
        phone.register_push("token" * 20, platform="apns", environment="production")
        for template in ("login", "payment"):
            operation = back_end.call(
                "operation/create",
                userId="alice",
                applications=[APPLICATION_ID],
                templateName=template,
                parameters={**demo_parameters(template), "note": LONG},
                additionalData={"userAgent": LONG, "deep": {"list": [LONG]}},
            )
        phone.approve(phone.operation(operation["id"]), pin="9999")
        phone.approve(phone.operation(operation["id"]), pin=PIN)
        yield running


@pytest.fixture(scope="module")
def office(bank: OwnBank) -> Iterator[Office]:
    with chromium() as driver:
        office = Office(driver=driver, base_url=bank.url)
        office.log_in(USER_NAME, bank.password)
        line = LONG[:255]
        clerk.fill_message(office, "alice", subject=line, summary=line, body=LONG * 4)
        office.press("button[name=_save]")
        office.await_text("Sent to 1 user.")
        yield office


def _followed(office: Office, address: str) -> Iterator[str]:
    """Give the addresses of the back office that the open page links to."""
    for link in office.driver.find_elements(By.CSS_SELECTOR, "a[href]"):
        target = urlsplit(link.get_attribute("href") or "")
        if target.path.startswith("/enrollment-server/admin/") and not NO_PAGE.search(target.path):
            yield target.path.removeprefix("/enrollment-server/admin/")


def test_every_page_fits_its_window_and_speaks_in_words(office: Office) -> None:
    """Follow each kind of link once; measure each page in both windows."""
    waiting, seen, wrong = ["", "find/", "nothing/", "customer/alice/"], set[str](), []
    while waiting:
        address = waiting.pop()
        kind = KEY.sub("/*", f"/{address}")
        if kind in seen:
            continue
        seen.add(kind)
        office.open(address)
        for width in WIDTHS:
            page = measure(_driver(office), width=width)
            if page.page_width > page.window_width:
                wrong.append(f"{address} is {page.page_width} wide at {width}")
            if "('" in page.text:
                wrong.append(f"{address} shows a tuple")
        waiting += _followed(office, address)
    assert wrong == []
    assert {"/customer/alice/", "/operations/operation/*/change/", "/push/pushdevice/"} <= seen
    assert len(seen) > 60, sorted(seen)


def _focused(office: Office) -> WebElement:
    return office.driver.switch_to.active_element


def _tab_to(office: Office, selector: str) -> WebElement:
    """Press Tab until the focus is on an element, as somebody without a mouse would."""
    target = office.await_one(selector)
    office.driver.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
    for _press in range(120):
        _focused(office).send_keys(Keys.TAB)
        if _focused(office) == target:
            return target
    raise AssertionError(f"Tab never reaches {selector}")


def _await(office: Office, condition: Any) -> None:
    WebDriverWait(office.driver, PATIENCE_S).until(lambda driver: condition())


def _operate(office: Office, path: str, selector: str, key: str, region: str, width: int) -> None:
    """Open something with the keyboard, be in it, and close it again."""
    office.open(path)
    measure(_driver(office), width=width)
    control = _tab_to(office, selector)
    opened = office.await_one(region)
    assert control.get_attribute("aria-expanded") == "false" and control.accessible_name
    assert not opened.is_displayed()
    control.send_keys(key)
    _await(office, lambda: control.get_attribute("aria-expanded") == "true")
    _await(office, lambda: office.driver.execute_script(INSIDE, opened))
    _focused(office).send_keys(Keys.ESCAPE)
    _await(office, lambda: control.get_attribute("aria-expanded") == "false")
    _await(office, lambda: not opened.is_displayed())
    assert _focused(office) == control


INSIDE = "return arguments[0].contains(document.activeElement)"
FILTER_PANEL = "#changelist-filter"
FILTERS = '[x-on\\:click="filterOpen = true"]'
USER_MENU = '[x-on\\:click="openUserLinks = !openUserLinks"]'
MOBILE_MENU = '#header-inner [x-on\\:click="sidebarMobileOpen = !sidebarMobileOpen"]'
DESKTOP_MENU = '[x-on\\:click^="sidebarDesktopOpen = !sidebarDesktopOpen"]'


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE], ids=["enter", "space"])
def test_filters_open_with_the_keyboard(office: Office, key: str) -> None:
    for width in WIDTHS:
        _operate(office, "operations/operation/", FILTERS, key, FILTER_PANEL, width)


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE], ids=["enter", "space"])
def test_the_user_menu_opens_with_the_keyboard(office: Office, key: str) -> None:
    _operate(office, "", USER_MENU, key, '[x-show="openUserLinks"]', 1440)


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE], ids=["enter", "space"])
def test_the_menu_of_a_narrow_window_opens_with_the_keyboard(office: Office, key: str) -> None:
    _operate(office, "", MOBILE_MENU, key, "#nav-sidebar", 390)


def test_a_filter_is_chosen_with_the_keyboard(office: Office) -> None:
    office.open("operations/operation/")
    measure(_driver(office), width=1440)
    _tab_to(office, FILTERS).send_keys(Keys.ENTER)
    link = office.await_one('#changelist-filter a[href*="status__exact=REJECTED"]')
    _await(office, lambda: office.driver.execute_script(INSIDE, office.await_one(FILTER_PANEL)))
    for _press in range(20):
        if _focused(office) == link:
            break
        _focused(office).send_keys(Keys.TAB)
    _focused(office).send_keys(Keys.ENTER)
    _await(office, lambda: "status__exact=REJECTED" in office.driver.current_url)


def test_the_light_is_switched_with_the_keyboard(office: Office) -> None:
    office.open("")
    measure(_driver(office), width=1440)
    for name, is_dark in (("dark", True), ("light", False), ("auto", False)):
        _tab_to(office, USER_MENU).send_keys(Keys.ENTER)
        choice = office.await_one(f"[x-on\\:click=\"switchTheme('{name}')\"]")
        _await(office, choice.is_displayed)
        for _press in range(10):
            if _focused(office) == choice:
                break
            _focused(office).send_keys(Keys.TAB)
        choice.send_keys(Keys.SPACE)
        office.await_one("html.dark" if is_dark else "html:not(.dark)")
        _focused(office).send_keys(Keys.ESCAPE)


def test_the_sidebar_is_switched_with_the_keyboard(office: Office) -> None:
    office.open("")
    measure(_driver(office), width=1440)
    control = _tab_to(office, DESKTOP_MENU)
    sidebar = office.await_one("#nav-sidebar")
    assert control.get_attribute("aria-expanded") == "true" and sidebar.is_displayed()
    assert control.accessible_name == "Menu"
    control.send_keys(Keys.SPACE)
    _await(office, lambda: not sidebar.is_displayed())
    assert control.get_attribute("aria-expanded") == "false"
    control.send_keys(Keys.ENTER)
    _await(office, sidebar.is_displayed)


def test_nothing_that_reacts_to_a_click_is_kept_from_the_keyboard(office: Office) -> None:
    kept = """
    return [...document.querySelectorAll("[x-on\\\\:click]")]
        .filter((item) => item.getClientRects().length && item.textContent.trim())
        .filter((item) => item.tabIndex < 0)
        .map((item) => item.outerHTML.slice(0, 200));
    """
    for path in ("", "operations/operation/", "operations/formtemplate/add/", "password_change/"):
        office.open(path)
        office.await_one("[data-operable]")
        for width in WIDTHS:
            measure(_driver(office), width=width)
            assert office.driver.execute_script(kept) == [], path


def test_the_first_key_leads_past_the_menu(office: Office) -> None:
    office.open("")
    _focused(office).send_keys(Keys.TAB)
    link = _focused(office)
    assert (link.get_attribute("href") or "").endswith("#content") and link.is_displayed()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_charts_can_be_read(office: Office, dark: bool) -> None:
    driver = _driver(office)
    set_dark(driver, dark=dark)
    office.open("")
    measure(driver, width=1440)
    office.await_one(".dashboard-chart canvas")
    office.await_one("html.dark" if dark else "html:not(.dark)")
    charts = driver.execute_script(
        """
        const behind = (element) => {
            const colour = getComputedStyle(element).backgroundColor;
            return colour === "rgba(0, 0, 0, 0)" ? behind(element.parentElement) : colour;
        };
        return Object.values(Chart.instances).map((chart) => ({
            background: behind(chart.canvas),
            texts: [chart.scales.x.options.ticks.color, chart.scales.y.options.ticks.color,
                    chart.scales.x.options.title.color, chart.legend.options.labels.color],
            shapes: chart.data.datasets.flatMap((dataset) => dataset.backgroundColor),
        }));
        """
    )
    assert len(charts) == 3
    for chart in charts:
        for text in chart["texts"]:
            assert contrast(driver, text, chart["background"]) >= TEXT_CONTRAST, chart
        for shape in chart["shapes"]:
            assert contrast(driver, shape, chart["background"]) >= SHAPE_CONTRAST, chart


def test_the_preview_stands_beside_the_form_in_the_language_of_the_template(
    office: Office,
) -> None:
    office.open("operations/formtemplate/add/")
    measure(_driver(office), width=1440)
    for language, button in (("cs", "Schválit"), ("en", "Approve"), ("de", "Freigeben")):
        office.fill("language", language)
        assert office.text(f'#preview-phone .phone[lang="{language}"] .phone-approve') == button
    assert "How a phone shows it" in office.text("#preview")
    form, preview = office.await_one("#formtemplate_form").rect, office.await_one("#preview").rect
    assert preview["x"] >= form["x"] + form["width"]
    assert abs(preview["y"] - form["y"]) < 40
    office.fill("title", "Pay ${amount}")
    office.await_text("Pay 1949.90")
