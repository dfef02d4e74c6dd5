"""`/pa/v4/token/*`, and the use of tokens of protocol 4.0: protocol-4.md 26."""

import pytest

from powerauth.models import Activation, ActivationState, Token
from powerauth.phone.phone import Phone
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.headers import TOKEN_HEADER
from powerauth.protocol.signed_request import SignatureType
from tests.api.answers import outcome, success
from tests.api.standard.v4.phone import WirePhone, opened
from tests.api.standard.v4.wire import CODE_INVALID, MALFORMED, WRONG, P, attempts
from tests.engine.generations_four.phone import PB, PK, PKB

CREATE, REMOVE = "/token/create", "/token/remove"
USED_AT = "/api/auth/token/app/operation/list"


def used(phone: WirePhone, header: dict[str, str]) -> int:
    return phone.server.post(USED_AT, b"{}", header).status


@pytest.mark.main_path
@pytest.mark.parametrize("kind", [P, PK, PB])
def test_created(each_phone: WirePhone, kind: SignatureType) -> None:
    each_phone.confirm(enable_biometry=True)
    sealed = each_phone.seal({}, Encryptor.CREATE_TOKEN)
    answer = each_phone.post_sealed_signed(CREATE, sealed, kind)
    assert set(answer.json) == {"encryptedData", "timestamp"}
    # Trap 27: no envelope inside.
    assert set(opened(sealed.envelope, answer)) == {"tokenId", "tokenSecret"}
    assert Token.objects.get().signature_type == kind
    token_id, secret = each_phone.create_token(kind)
    assert len(secret) == 32
    assert used(each_phone, each_phone.token_header((token_id, secret))) == 200


def test_a_digest_is_used_once(phone: WirePhone) -> None:
    header = phone.token_header(phone.create_token())
    assert [used(phone, header), used(phone, header)] == [200, 401]


def test_generations_of_header_and_activation_agree(phone: WirePhone, alice: Phone) -> None:
    token = phone.create_token()
    for version in ("3.2", "3.3", "4.1"):
        assert used(phone, phone.token_header(token, version)) == 401
    of_3 = alice.token_header(alice.create_token())
    assert used(phone, {TOKEN_HEADER: of_3}) == 200
    again = alice.token_header(alice.usual_token())
    changed = again.replace('version="3.3"', 'version="4.0"')
    assert used(phone, {TOKEN_HEADER: changed}) == 401
    assert used(phone, phone.token_header(token)) == 200


def test_a_wrong_code(each_phone: WirePhone) -> None:
    sealed = each_phone.seal({}, Encryptor.CREATE_TOKEN)
    answer = each_phone.post_sealed_signed(CREATE, sealed, knowledge=WRONG)
    assert outcome(answer) == CODE_INVALID
    assert attempts(each_phone) == (0, 1)
    assert not Token.objects.exists()


def test_three_factors(phone: WirePhone) -> None:
    phone.confirm(enable_biometry=True)
    sealed = phone.seal({}, Encryptor.CREATE_TOKEN)
    assert outcome(phone.post_sealed_signed(CREATE, sealed, PKB)) == CODE_INVALID
    assert outcome(phone.post_signed(REMOVE, "/pa/token/remove", {}, PKB)) == CODE_INVALID


@pytest.mark.parametrize("missing", ["temporaryKeyId", "nonce", "timestamp", "encryptedData"])
def test_a_body_that_lacks_a_member(phone: WirePhone, missing: str) -> None:
    body = phone.seal({}, Encryptor.CREATE_TOKEN).call.request.to_json()
    del body[missing]
    assert outcome(phone.post_signed(CREATE, "/pa/token/create", body)) == CODE_INVALID


def test_another_encryptor(phone: WirePhone) -> None:
    sealed = phone.seal({}, Encryptor.ACTIVATION_GENERIC)
    assert outcome(phone.post_sealed_signed(CREATE, sealed)) == CODE_INVALID


def test_the_same_envelope_under_another_code(phone: WirePhone) -> None:
    sealed = phone.seal({}, Encryptor.CREATE_TOKEN)
    assert phone.post_sealed_signed(CREATE, sealed).status == 200
    assert outcome(phone.post_sealed_signed(CREATE, sealed)) == CODE_INVALID
    assert Token.objects.count() == 1


@pytest.mark.parametrize("state", [ActivationState.BLOCKED, ActivationState.REMOVED])
def test_other_states(phone: WirePhone, state: ActivationState) -> None:
    header = phone.token_header(phone.create_token())
    sealed = phone.seal({}, Encryptor.CREATE_TOKEN)
    Activation.objects.update(state=state)
    assert outcome(phone.post_sealed_signed(CREATE, sealed)) == CODE_INVALID
    assert used(phone, header) == 401


@pytest.mark.main_path
@pytest.mark.parametrize("kind", [P, PK, PB])
def test_removed(each_phone: WirePhone, kind: SignatureType) -> None:
    each_phone.confirm(enable_biometry=True)
    token = each_phone.create_token()
    asked = {"requestObject": {"tokenId": token[0]}}
    for _ in range(2):
        answer = each_phone.post_signed(REMOVE, "/pa/token/remove", asked, kind)
        assert outcome(answer) == success({"tokenId": token[0]})
    assert used(each_phone, each_phone.token_header(token)) == 401


def test_a_token_of_another_stays(phone: WirePhone, other_phone: WirePhone) -> None:
    token = other_phone.create_token()
    asked = {"requestObject": {"tokenId": token[0]}}
    assert phone.post_signed(REMOVE, "/pa/token/remove", asked).ok
    assert used(other_phone, other_phone.token_header(token)) == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}", b'{"requestObject":{}}', b'{"requestObject":[]}']
)
def test_malformed_removals(phone: WirePhone, body: bytes) -> None:
    assert outcome(phone.post_signed(REMOVE, "/pa/token/remove", body)) == MALFORMED
    assert attempts(phone) == (1, 0)
