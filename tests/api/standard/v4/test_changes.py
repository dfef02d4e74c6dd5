"""`/pa/v4/activation/remove`, `detail`, `rename` and `/pa/v4/user/info`: protocol-4.md 29."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from powerauth.models import Activation, ActivationState, CallbackEvent
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.signed_request import SignatureType
from tests.api.answers import outcome, success
from tests.api.standard import hooks
from tests.api.standard.v4.phone import WirePhone, opened, to_bytes
from tests.api.standard.v4.wire import (
    CODE_INVALID,
    NO_ACTIVATION,
    NO_ENCRYPTION,
    TOKEN_INVALID,
    WRONG,
    P,
    attempts,
)
from tests.engine.generations_four.phone import PB, PK, Sealed
from tests.engine.test_callback_outbox import listen

GENERIC = Encryptor.ACTIVATION_GENERIC
REMOVE, RENAME, DETAIL, INFO = (
    "/activation/remove",
    "/activation/rename",
    "/activation/detail",
    "/user/info",
)


def remove(phone: WirePhone, kind: SignatureType = PK, **replaced: bytes) -> Any:
    return phone.post_signed(REMOVE, "/pa/activation/remove", b"", kind, **replaced)


@pytest.mark.main_path
@pytest.mark.parametrize("kind", [PK, PB])
def test_removed(each_phone: WirePhone, kind: SignatureType, settings: Settings) -> None:
    hooks.forget()
    settings.ACTIVATION_PROVIDER_HOOK = "tests.api.standard.hooks.ByPassword"
    each_phone.confirm(enable_biometry=True)
    listen(each_phone.application.id)
    gone = success({"activationId": each_phone.activation_id})
    assert outcome(remove(each_phone, kind)) == gone
    event = CallbackEvent.objects.get().payload
    assert (event["activationId"], event["activationStatus"]) == (
        each_phone.activation_id,
        "REMOVED",
    )
    assert each_phone.status().state == ActivationState.REMOVED
    assert [facts.activation_id for facts in hooks.removed] == [each_phone.activation_id]
    assert outcome(remove(each_phone, kind)) == CODE_INVALID


def test_removal_by_possession_alone_is_for_the_bank_to_admit(
    phone: WirePhone, settings: Settings
) -> None:
    assert outcome(remove(phone, P)) == CODE_INVALID
    settings.POWERAUTH_REMOVE_WITH_ONE_FACTOR = True
    assert outcome(remove(phone, P, possession=WRONG)) == CODE_INVALID
    assert phone.row.state == ActivationState.ACTIVE
    assert remove(phone, P).ok


def test_protocol_3_knows_no_removal_by_possession_alone(alice: Any, settings: Settings) -> None:
    settings.POWERAUTH_REMOVE_WITH_ONE_FACTOR = True
    header = alice.sign("POST", "/pa/activation/remove", b"{}", factors=P)
    headers = {"X-PowerAuth-Authorization": header}
    assert alice.server.post("/pa/v3/activation/remove", b"{}", headers).status == 401


def test_a_wrong_code_removes_nothing(phone: WirePhone) -> None:
    assert outcome(remove(phone, knowledge=WRONG)) == CODE_INVALID
    assert (phone.row.state, attempts(phone)) == (ActivationState.ACTIVE, (0, 1))


def rename(
    phone: WirePhone, payload: object, kind: SignatureType = PK, **replaced: bytes
) -> tuple[Any, Sealed]:
    """Sign, then encrypt."""
    sealed = phone.seal(payload, GENERIC)
    plaintext = to_bytes(payload)
    code = phone.code_header("/pa/activation/rename", plaintext, kind, "POST", **replaced)
    headers = {**phone.encryption_header(Scope.ACTIVATION), **code}
    return phone.post_sealed(RENAME, sealed, headers), sealed


@pytest.mark.main_path
@pytest.mark.parametrize("kind", [PK, PB])
def test_renamed(each_phone: WirePhone, kind: SignatureType) -> None:
    each_phone.confirm(enable_biometry=True)
    listen(each_phone.application.id)
    answer, sealed = rename(each_phone, {"activationName": "Mine"}, kind)
    named = {"activationId": each_phone.activation_id, "activationName": "Mine"}
    assert opened(sealed.envelope, answer) == {"status": "OK", "responseObject": named}
    assert each_phone.row.name == "Mine"
    assert not CallbackEvent.objects.exists()


def test_renaming_that_is_refused(phone: WirePhone) -> None:
    assert outcome(rename(phone, {"activationName": "X"}, knowledge=WRONG)[0]) == CODE_INVALID
    assert outcome(rename(phone, {"activationName": "X"}, P)[0]) == CODE_INVALID
    unusable: list[object] = [{}, {"activationName": " "}, {"activationName": "x" * 256}, []]
    for payload in unusable:
        assert outcome(rename(phone, payload)[0]) == NO_ACTIVATION
    sealed = phone.seal({"activationName": "X"}, Encryptor.CREATE_TOKEN)
    code = phone.code_header("/pa/activation/rename", b"{}")
    assert outcome(phone.post_sealed(RENAME, sealed, code)) == CODE_INVALID
    assert phone.row.name == "phone"


def test_a_body_that_was_encrypted_then_signed(phone: WirePhone) -> None:
    sealed = phone.seal({"activationName": "X"}, GENERIC)
    assert outcome(phone.post_sealed_signed(RENAME, sealed)) == CODE_INVALID


def detail(phone: WirePhone, token: dict[str, str]) -> tuple[Any, Sealed]:
    sealed = phone.seal({}, GENERIC)
    headers = {**phone.encryption_header(Scope.ACTIVATION), **token}
    return phone.post_sealed(DETAIL, sealed, headers), sealed


@pytest.mark.main_path
@pytest.mark.parametrize("kind", [PK, PB])
def test_detail(each_phone: WirePhone, kind: SignatureType) -> None:
    each_phone.confirm(enable_biometry=True)
    token = each_phone.create_token(kind)
    answer, sealed = detail(each_phone, each_phone.token_header(token))
    named = {"activationId": each_phone.activation_id, "activationName": "phone"}
    assert opened(sealed.envelope, answer)["responseObject"] == named


def test_detail_that_is_refused(phone: WirePhone, other_phone: WirePhone) -> None:
    assert outcome(detail(phone, {})[0]) == TOKEN_INVALID
    token = phone.create_token(P)
    assert outcome(detail(phone, phone.token_header(token))[0]) == TOKEN_INVALID
    token = phone.create_token()
    wrong = phone.token_header((token[0], bytes(32)))
    assert outcome(detail(phone, wrong)[0]) == TOKEN_INVALID
    used = phone.token_header(token)
    assert detail(phone, used)[0].status == 200
    assert outcome(detail(phone, used)[0]) == TOKEN_INVALID
    # The envelope of another activation.
    answer, _ = detail(other_phone, phone.token_header(token))
    assert outcome(answer) == NO_ENCRYPTION
    Activation.objects.update(state=ActivationState.BLOCKED)
    sealed = phone.seal({}, GENERIC)
    headers = {**phone.encryption_header(Scope.ACTIVATION), **phone.token_header(token)}
    assert outcome(phone.post_sealed(DETAIL, sealed, headers)) == TOKEN_INVALID


@pytest.mark.main_path
def test_user_info(each_phone: WirePhone) -> None:
    sealed = each_phone.seal({}, GENERIC)
    claims = opened(sealed.envelope, each_phone.post_sealed(INFO, sealed))
    assert claims["sub"] == "alice"
    assert outcome(each_phone.post_sealed(INFO, sealed)) == NO_ENCRYPTION


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]"])
def test_user_info_without_an_envelope(phone: WirePhone, body: bytes) -> None:
    headers = phone.encryption_header(Scope.ACTIVATION)
    assert outcome(phone.post(INFO, body, headers)) == NO_ENCRYPTION


@pytest.mark.parametrize(
    "state",
    [ActivationState.PENDING_COMMIT, ActivationState.BLOCKED, ActivationState.REMOVED],
)
def test_user_info_in_another_state(phone: WirePhone, state: ActivationState) -> None:
    Activation.objects.update(state=state)
    assert outcome(phone.post_sealed(INFO, phone.seal({}, GENERIC))) == NO_ENCRYPTION
