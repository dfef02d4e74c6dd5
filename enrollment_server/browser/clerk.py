"""What a clerk does on the pages of the back office, as far as the button to press."""

from enrollment_server.browser.office import Office
from enrollment_server.demo.seed import APPLICATION_ID


def create_activation(office: Office, user_id: str) -> None:
    """Create an activation; the page of its code opens."""
    office.open("powerauth/activation/add/")
    office.fill("user_id", user_id)
    office.choose("application_id", APPLICATION_ID)
    office.press("button[name=_save]")


def fill_message(office: Office, user_id: str, *, subject: str, summary: str, body: str) -> None:
    """Fill in the form of a message, and neither look at it nor send it."""
    office.open("inbox/inboxmessage/add/")
    office.fill("user_id", user_id)
    office.tick("applications", APPLICATION_ID)
    office.fill("subject", subject)
    office.fill("summary", summary)
    office.fill("body", body)
