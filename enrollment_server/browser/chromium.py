"""A headless Chromium, driven over its driver; both are programs of the operating system."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

PROGRAM = "chromium"
DRIVER = "chromedriver"
SIZE = "1440,1000"  # pixels
_FLAGS = (
    "--headless",
    # It shows only pages of a server of our own, and often runs as root in a container.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--lang=en",
    f"--window-size={SIZE}",
)


def is_installed() -> bool:
    """Tell whether both programs are on the path."""
    return bool(shutil.which(PROGRAM) and shutil.which(DRIVER))


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """Run a browser until the end of the block."""
    options = ChromeOptions()
    options.binary_location = shutil.which(PROGRAM) or PROGRAM
    for flag in _FLAGS:
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(shutil.which(DRIVER) or DRIVER))
    try:
        yield driver
    finally:
        driver.quit()
