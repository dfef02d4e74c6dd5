"""The back office as somebody uses it: reading pages, filling in forms, pressing buttons."""

from dataclasses import dataclass
from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A browser in the back office of a server at `base_url`, which ends with the context path."""

    driver: WebDriver
    base_url: str

    def open(self, path: str) -> None:
        """Open a page of the back office, such as `operations/operation/`."""
        self.driver.get(f"{self.base_url}/admin/{path}")

    def log_in(self, user_name: str, password: str) -> None:
        """Log in, and wait for the front page."""
        self.open("")
        self.fill("username", user_name)
        self.fill("password", password)
        self.press("#login-form [type=submit], form [type=submit]")
        self.await_one("#nav-sidebar-apps, #nav-sidebar-inner")

    def await_one(self, selector: str) -> WebElement:
        """Wait for an element of the page."""
        wait = WebDriverWait(self.driver, PATIENCE_S)
        return wait.until(lambda driver: driver.find_element(By.CSS_SELECTOR, selector))

    def await_text(self, text: str) -> None:
        """Wait until the page shows a text."""
        wait = WebDriverWait(self.driver, PATIENCE_S)
        wait.until(lambda driver: text in driver.find_element(By.TAG_NAME, "body").text)

    def text(self, selector: str) -> str:
        """Read what an element shows."""
        return self.await_one(selector).text

    def fill(self, name: str, value: str) -> None:
        """Write into a field of a form, instead of what stands there."""
        field = self.await_one(f"[name={name}]")
        field.clear()
        field.send_keys(value)

    def choose(self, name: str, value: str) -> None:
        """Choose an entry of a list by its value."""
        Select(self.await_one(f"select[name={name}]")).select_by_value(value)

    def tick(self, name: str, value: str) -> None:
        """Tick a box that is not ticked."""
        box = self.await_one(f'input[name={name}][value="{value}"]')
        if not box.is_selected():
            self.driver.execute_script("arguments[0].click()", box)

    def press(self, selector: str) -> None:
        """Press a button, wherever the page has scrolled to."""
        self.driver.execute_script("arguments[0].click()", self.await_one(selector))

    def show(self, selector: str) -> None:
        """Scroll an element to the top of the window."""
        element = self.await_one(selector)
        self.driver.execute_script("arguments[0].scrollIntoView()", element)

    def complaints(self) -> list[str]:
        """Give the errors that pages have left in the browser's console."""
        entries = self.driver.execute("getLog", {"type": "browser"})["value"]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def picture(self, path: Path) -> None:
        """Store what the window shows as a PNG file."""
        path.write_bytes(self.driver.get_screenshot_as_png())
