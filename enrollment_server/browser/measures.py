"""What a page measures in a window of some size: whether it fits, and what it says."""

from dataclasses import dataclass

from selenium.webdriver.chrome.webdriver import WebDriver

HEIGHT = 900  # pixels
# Charts follow the window with the next frames.
_MEASURE = """
const done = arguments[arguments.length - 1];
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
    const page = document.scrollingElement;
    done([page.scrollWidth, page.clientWidth, document.body.innerText]);
}, 50)));
"""
_RELATIVE_LUMINANCE = """
const canvas = document.createElement("canvas").getContext("2d");
canvas.fillStyle = arguments[0];
canvas.fillRect(0, 0, 1, 1);
const linear = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});
return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The widths of a page and of its window in pixels, and the text that is shown."""

    page_width: int
    window_width: int
    text: str


def measure(driver: WebDriver, *, width: int) -> Measured:
    """Measure the open page in a window of `width` pixels."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False},
    )
    page, window, text = driver.execute_async_script(_MEASURE)
    return Measured(page_width=page, window_width=window, text=text)


def set_dark(driver: WebDriver, *, dark: bool) -> None:
    """Let the system prefer a dark or a light look; pages opened from now on follow."""
    value = "dark" if dark else "light"
    features = [{"name": "prefers-color-scheme", "value": value}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def contrast(driver: WebDriver, colour: str, other: str) -> float:
    """Compute the contrast of two opaque colours of CSS, 1 to 21, as WCAG 2.2 defines it."""
    one = float(driver.execute_script(_RELATIVE_LUMINANCE, colour))
    two = float(driver.execute_script(_RELATIVE_LUMINANCE, other))
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)
