"""A day of the demo bank, so that the pictures of its back office show something."""

from enrollment_server.browser.bank import OwnBank
from enrollment_server.demo.seed import APPLICATION_ID, demo_parameters
from powerauth.phone.phone import Phone

PIN = "1234"
WRONG_PIN = "9999"


def play(bank: OwnBank) -> str:
    """Let a phone approve, refuse and mistype; give an operation that has seen all of it.

    Raises:
        PhoneFailure, BankRefused: the server refused what it should not.
    """
    phone = _phone(bank, "alice")
    for template in ("login", "payment", "login", "card-purchase"):
        operation = _operation(bank, template)
        phone.approve(phone.operation(operation), pin=PIN)
    phone.reject(phone.operation(_operation(bank, "payment")), "INCORRECT_DATA")
    told = _operation(bank, "payment")
    phone.approve(phone.operation(told), pin=WRONG_PIN)
    phone.approve(phone.operation(told), pin=PIN)
    _operation(bank, "login")
    return told


def _phone(bank: OwnBank, user_id: str) -> Phone:
    phone = bank.phone()
    activation = bank.back_end.call(
        "activation/init",
        userId=user_id,
        applicationId=APPLICATION_ID,
        commitPhase="ON_KEY_EXCHANGE",
    )
    phone.activate(str(activation["activationCode"]), pin=PIN)
    return phone


def _operation(bank: OwnBank, template: str) -> str:
    operation = bank.back_end.call(
        "operation/create",
        userId="alice",
        applications=[APPLICATION_ID],
        templateName=template,
        parameters=demo_parameters(template),
    )
    return str(operation["id"])
