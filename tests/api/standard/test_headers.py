"""Header grammar and validation, over HTTP: standard-rest-api.md 2, protocol.md 0.5."""

from collections.abc import Callable

import pytest

from powerauth.models import SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER, SIGNATURE_HEADER, parse_parameters
from tests.api.answers import OK, Outcome, outcome
from tests.api.standard.wire import (
    NO_ENCRYPTION,
    PK,
    UNAUTHENTICATED,
    P,
    attempts,
    post_encrypted,
    sealed,
)
from tests.bank import PIN, Bank

Edit = Callable[[str], str]


def validate(phone: Phone, edit: Edit) -> Outcome:
    value = phone.sign("POST", "/pa/signature/validate", b"", factors=PK, pin=PIN)
    headers = {SIGNATURE_HEADER: edit(value)}
    return outcome(phone.server.post("/pa/v3/signature/validate", b"", headers))


def with_value(name: str, text: str) -> Edit:
    def edit(value: str) -> str:
        parameters = {**parse_parameters(value), name: text}
        return "PowerAuth " + ", ".join(f'{key}="{it}"' for key, it in parameters.items())

    return edit


def without(name: str) -> Edit:
    def edit(value: str) -> str:
        parameters = parse_parameters(value)
        del parameters[name]
        return "PowerAuth " + ", ".join(f'{key}="{it}"' for key, it in parameters.items())

    return edit


def reordered(value: str) -> str:
    parts = value.removeprefix("PowerAuth ").split(", ")
    return "PowerAuth " + ", ".join(reversed(parts))


VARIANTS: dict[str, Edit] = {
    "spaces instead of commas": lambda value: value.replace(", ", " "),
    "commas without spaces": lambda value: value.replace(", ", ","),
    "tabs": lambda value: value.replace(", ", "\t"),
    "another order": reordered,
    "unknown parameter": lambda value: value + ', new="x"',
    "last of two wins": lambda value: value.replace(
        "PowerAuth ", 'PowerAuth pa_version="9.9", pa_nonce="x", '
    ),
    "white space around": lambda value: f"{value}  ",
    "type in upper case": lambda value: value.replace("possession_", "POSSESSION_"),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_grammar_variant(alice: Phone, name: str) -> None:
    assert validate(alice, VARIANTS[name]) == OK


REFUSED: dict[str, Edit] = {
    "empty": lambda value: "",
    "scheme alone": lambda value: "PowerAuth",
    "other scheme": lambda value: value.replace("PowerAuth", "Bearer"),
    "scheme in lower case": lambda value: value.replace("PowerAuth", "powerauth"),
    "scheme without space": lambda value: value.replace("PowerAuth ", "PowerAuth"),
    "open quote": lambda value: value[:-1],
    "first of two loses": lambda value: value + ', pa_version="9.9"',
    "version 2.1": with_value("pa_version", "2.1"),
    "version 3.4": with_value("pa_version", "3.4"),
    "version 3": with_value("pa_version", "3"),
    "version with blank": with_value("pa_version", "3.3 "),
    "no version": without("pa_version"),
    "no activation": without("pa_activation_id"),
    "activation is no UUID": with_value("pa_activation_id", "alice"),
    "activation without dashes": with_value("pa_activation_id", "12345678123442348234123456789012"),
    "no application key": without("pa_application_key"),
    "short application key": with_value("pa_application_key", "AAAA"),
    "application key is no Base64": with_value("pa_application_key", "!" * 24),
    "no nonce": without("pa_nonce"),
    "long nonce": with_value("pa_nonce", "A" * 44),
    "URL-safe nonce": with_value("pa_nonce", "-_AAAAAAAAAAAAAAAAAAAA=="),
    "no type": without("pa_signature_type"),
    "unknown type": with_value("pa_signature_type", "possession_universal"),
    "other order of factors": with_value("pa_signature_type", "knowledge_possession"),
    "no signature": without("pa_signature"),
    "empty signature": with_value("pa_signature", ""),
    "signature of one factor": with_value("pa_signature", "A" * 22 + "=="),
    "decimal signature of 3.0": with_value("pa_signature", "12345678-12345678"),
    "long signature": with_value("pa_signature", "A" * 4096),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_header_touches_nothing(alice: Phone, name: str) -> None:
    assert validate(alice, REFUSED[name]) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
    assert not SignatureAudit.objects.exists()


@pytest.mark.parametrize(
    "text", ["12345678", "12345678-1234567", "12345678-12345678-12345678", "A" * 43 + "="]
)
def test_form_of_a_decimal_signature(bank: Bank, text: str) -> None:
    phone = bank.phone("alice", version="3.0")
    assert validate(phone, with_value("pa_signature", text)) == UNAUTHENTICATED
    assert attempts(phone) == (0, 0)


ENCRYPTION_REFUSED: dict[str, Edit] = {
    "other scheme": lambda value: value.replace("PowerAuth", "Basic"),
    "no activation": without("activation_id"),
    "activation is no UUID": with_value("activation_id", "x"),
    "empty activation": with_value("activation_id", ""),
    "no application key": without("application_key"),
    "other application key": with_value("application_key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    "no version": without("version"),
    "version 3.4": with_value("version", "3.4"),
    "version of another envelope": with_value("version", "3.2"),
}


@pytest.mark.parametrize("name", ENCRYPTION_REFUSED)
def test_refused_encryption_header(alice: Phone, name: str) -> None:
    encryptor = Encryptor.ACTIVATION_GENERIC
    envelope = sealed(alice, encryptor).to_json()
    value = ENCRYPTION_REFUSED[name](alice.encryption_header(encryptor.scope).format())
    headers = {ENCRYPTION_HEADER: value}
    answer = post_encrypted(alice, "/pa/v3/user/info", envelope, encryptor, headers)
    assert outcome(answer) == NO_ENCRYPTION


@pytest.mark.parametrize("separator", [" ", ",", ", ", "\t"])
def test_separators_of_the_encryption_header(alice: Phone, separator: str) -> None:
    encryptor = Encryptor.ACTIVATION_GENERIC
    envelope = sealed(alice, encryptor).to_json()
    value = alice.encryption_header(encryptor.scope).format().replace(", ", separator)
    headers = {ENCRYPTION_HEADER: value}
    assert post_encrypted(alice, "/pa/v3/user/info", envelope, encryptor, headers).status == 200


def test_header_of_a_forbidden_factor_and_of_none(alice: Phone) -> None:
    """Both refusals look alike."""
    forbidden = alice.validate_signature(factors="knowledge", pin=PIN)
    missing = alice.server.post("/pa/v3/signature/validate", b"", {})
    wrong = alice.validate_signature(factors=P, body=b"x")
    assert outcome(forbidden) == outcome(missing) == UNAUTHENTICATED
    assert outcome(wrong) == OK
