"""What a user agent tells of a device: integration-api.md 13.8."""

import pytest

from operations.decisions.device import NAMES, parse_user_agent


@pytest.mark.parametrize(
    ("user_agent", "parts"),
    [
        (
            "PowerAuthNetworking/1.1.7 (en; cellular) "
            "com.wultra.app.Mobile-Token.wultra_test/2.0.0 (Apple; iOS/16.6.1; iphone12,3)",
            (
                "1.1.7",
                "en",
                "cellular",
                "com.wultra.app.Mobile-Token.wultra_test",
                "2.0.0",
                "Apple",
                "iOS",
                "16.6.1",
                "iphone12,3",
            ),
        ),
        (
            "MobileToken/1.2.0 PowerAuth2/1.7.8 (iOS 15.7.9, iPhone9,3)",
            ("1.7.8", None, None, None, None, None, "iOS", "15.7.9", "iPhone9,3"),
        ),
        (
            "PowerAuth2/1.7.8 (Android 13, Google Pixel 4)",
            ("1.7.8", None, None, None, None, None, "Android", "13", "Google Pixel 4"),
        ),
        (
            "PowerAuthNetworking/1.5.0 com.app/1.0-beta.2 and more",
            ("1.5.0", None, None, "com.app", "1.0-beta.2", None, None, None, None),
        ),
        ("PowerAuthNetworking/1.5.0 ?", ("1.5.0", *[None] * 8)),
    ],
)
def test_recognised(user_agent: str, parts: tuple[str | None, ...]) -> None:
    assert parse_user_agent(user_agent) == dict(zip(NAMES, parts, strict=True))


@pytest.mark.parametrize(
    "user_agent",
    [
        None,
        7,
        "",
        "Mozilla/5.0",
        "PowerAuthNetworking/2.0.0 (en; wifi) a/1 (Apple; iOS/17; x)",
        "PowerAuthNetworking/1.5 (en; wifi)",
        "x PowerAuthNetworking/1.5.0 (en; wifi)",
        "PowerAuthNetworking/1.5.0",
    ],
)
def test_not_recognised(user_agent: object) -> None:
    assert parse_user_agent(user_agent) is None
