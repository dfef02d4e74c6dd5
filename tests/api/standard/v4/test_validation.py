"""`/pa/v4/auth/validate`: protocol-4.md 24 and 29."""

import pytest

from powerauth.models import Activation, ActivationState
from powerauth.phone.phone import Phone
from powerauth.protocol.headers import SIGNATURE_HEADER
from powerauth.protocol.signed_request import SignatureType, canonical_query
from tests.api.answers import OK, outcome
from tests.api.standard.v4.phone import WirePhone
from tests.api.standard.v4.wire import CODE_INVALID, attempts
from tests.bank import PIN
from tests.engine.generations_four.phone import PB, PK, PKB

PATH, RESOURCE = "/pa/v4/auth/validate", "/pa/auth/validate"
P = SignatureType.POSSESSION
WRONG = bytes(32)


@pytest.mark.parametrize("kind", [P, PK])
def test_each_type(each_phone: WirePhone, kind: SignatureType) -> None:
    assert outcome(each_phone.validate(kind)) == OK
    assert attempts(each_phone) == (1, 0)


@pytest.mark.main_path
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_each_method(each_phone: WirePhone, method: str) -> None:
    query = "b=2&a=1" if method == "GET" else ""
    body = b"" if method == "GET" else b'{"requestObject":{"reason":"VALIDATE_PASSWORD"}}'
    signed = canonical_query(query) if method == "GET" else body
    headers = each_phone.code_header(RESOURCE, signed, method=method)
    answer = each_phone.server.request(method, f"{PATH}?{query}", body, headers)
    assert outcome(answer) == OK
    other = "POST" if method != "POST" else "PUT"
    headers = each_phone.code_header(RESOURCE, signed, method=other)
    refused = each_phone.server.request(method, f"{PATH}?{query}", body, headers)
    assert outcome(refused) == CODE_INVALID


@pytest.mark.parametrize("body", [b"", b"{}", b"not JSON", b"\xff"])
def test_a_body_is_never_read(phone: WirePhone, body: bytes) -> None:
    headers = phone.code_header(RESOURCE, body)
    assert outcome(phone.server.post(PATH, body, headers)) == OK


def test_a_wrong_code_is_counted(each_phone: WirePhone) -> None:
    assert outcome(each_phone.validate(knowledge=WRONG)) == CODE_INVALID
    assert attempts(each_phone) == (0, 1)
    assert outcome(each_phone.validate(P, possession=WRONG)) == CODE_INVALID
    assert attempts(each_phone) == (0, 1)
    assert outcome(each_phone.validate()) == OK
    assert attempts(each_phone)[1] == 0


def test_wrong_codes_block(phone: WirePhone) -> None:
    for _ in range(5):
        assert outcome(phone.validate(knowledge=WRONG)) == CODE_INVALID
    assert phone.row.state == ActivationState.BLOCKED
    assert outcome(phone.validate()) == CODE_INVALID


def test_trap_19_biometry_that_is_off_is_not_counted(each_phone: WirePhone) -> None:
    assert outcome(each_phone.validate(PB)) == CODE_INVALID
    assert attempts(each_phone) == (0, 0)


def test_three_factors_are_not_admitted(phone: WirePhone) -> None:
    Activation.objects.update(biometry_enabled=True)
    assert outcome(phone.validate(PKB)) == CODE_INVALID
    assert attempts(phone) == (0, 0)


def test_a_code_is_used_once(phone: WirePhone) -> None:
    headers = phone.code_header(RESOURCE, b"{}")
    assert outcome(phone.server.post(PATH, b"{}", headers)) == OK
    assert outcome(phone.server.post(PATH, b"{}", headers)) == CODE_INVALID


@pytest.mark.parametrize(
    "state",
    [ActivationState.PENDING_COMMIT, ActivationState.BLOCKED, ActivationState.REMOVED],
)
def test_other_states(phone: WirePhone, state: ActivationState) -> None:
    Activation.objects.update(state=state)
    assert outcome(phone.validate()) == CODE_INVALID
    assert attempts(phone) == (0, 0)


@pytest.mark.parametrize("header", ["", "PowerAuth", "PowerAuth pa_version=4.0", None])
def test_headers_that_say_nothing(phone: WirePhone, header: str | None) -> None:
    headers = {} if header is None else {SIGNATURE_HEADER: header}
    assert outcome(phone.server.post(PATH, b"{}", headers)) == CODE_INVALID


@pytest.mark.parametrize("version", ["3.0", "3.3", "4.1", "5.0"])
def test_other_versions(phone: WirePhone, version: str) -> None:
    text = phone.code_header(RESOURCE, b"{}")[SIGNATURE_HEADER]
    changed = text.replace('pa_version="4.0"', f'pa_version="{version}"')
    assert outcome(phone.server.post(PATH, b"{}", {SIGNATURE_HEADER: changed})) == CODE_INVALID
    assert attempts(phone) == (0, 0)


def test_trap_29_the_form_of_a_code(phone: WirePhone) -> None:
    """Trap 29: 44 characters can be 33 bytes; that is refused before anything is compared."""
    text = phone.code_header(RESOURCE, b"{}", P)[SIGNATURE_HEADER]
    code = text.split('pa_auth_code="')[1].split('"')[0]
    for form in (code[:-1] + "A", code.rstrip("="), code + code, "A" * 88, code + "=="):
        changed = text.replace(code, form)
        assert outcome(phone.server.post(PATH, b"{}", {SIGNATURE_HEADER: changed})) == CODE_INVALID
    assert attempts(phone) == (0, 0)
    assert phone.row.free_failures == 0
    assert outcome(phone.server.post(PATH, b"{}", {SIGNATURE_HEADER: text})) == OK


def test_activations_of_each_generation_keep_to_their_path(phone: WirePhone, alice: Phone) -> None:
    of_3 = alice.sign("POST", RESOURCE, b"{}", pin=PIN)
    assert outcome(phone.server.post(PATH, b"{}", {SIGNATURE_HEADER: of_3})) == CODE_INVALID
    of_4 = phone.code_header("/pa/signature/validate", b"{}")
    answer = phone.server.post("/pa/v3/signature/validate", b"{}", of_4)
    assert answer.message == "POWER_AUTH_SIGNATURE_INVALID"
    assert attempts(phone) == (0, 0)
    assert alice.validate_signature(pin=PIN).ok
