"""The pictures of the back office that the documentation shows."""

from pathlib import Path

from enrollment_server.browser import clerk
from enrollment_server.browser.bank import USER_NAME, OwnBank
from enrollment_server.browser.office import Office


def take(office: Office, bank: OwnBank, operation_id: str, folder: Path) -> list[str]:
    """Store all pictures in `folder`; give their names.

    Args:
        operation_id: of the operation whose page is shown.
    """
    office.open("")
    office.await_one("[name=username]")
    office.picture(folder / "login.png")
    office.log_in(USER_NAME, bank.password)
    office.await_one(".dashboard-chart canvas")
    office.picture(folder / "dashboard.png")
    office.open("operations/operation/")
    office.await_text("alice")
    office.picture(folder / "operations.png")
    office.open(f"operations/operation/{operation_id}/change/")
    office.await_one(".timeline")
    office.picture(folder / "operation.png")
    office.open("customer/alice/")
    office.await_one("#customer .backoffice-table")
    office.picture(folder / "customer.png")
    _form_template(office, folder / "form-template.png")
    _activation(office, folder / "activation.png")
    _message(office, folder / "message.png")
    return sorted(path.name for path in folder.glob("*.png"))


def _form_template(office: Office, path: Path) -> None:
    office.open("operations/formtemplate/?q=payment")
    office.press("#result_list a[href*='/change/']")
    office.await_one("#preview-phone .phone h3")
    office.picture(path)


def _activation(office: Office, path: Path) -> None:
    clerk.create_activation(office, "bob")
    office.await_one(".backoffice-qr svg")
    office.picture(path)


def _message(office: Office, path: Path) -> None:
    clerk.fill_message(
        office,
        "alice",
        subject="Your new card is ready",
        summary="Collect it at the branch in Prague 1.",
        body="Dear Alice,\n\nyour new card waits for you in Prague 1 until Friday.",
    )
    office.press("button[name=_preview]")
    office.await_one("#message-preview")
    office.show("[name=subject]")
    office.picture(path)
