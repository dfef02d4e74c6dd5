"""`/pa/v4/upgrade/*`: protocol-4.md 30."""

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.engine.activations import lifecycle
from powerauth.models import ActivationHistory, ActivationState
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import ENCRYPTION_HEADER, SIGNATURE_HEADER
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.suites import EC_P384, available_suites
from tests.api.answers import OK, TOO_LARGE, outcome
from tests.api.standard.v4.moving import CONFIRM, CONFIRM_ID, START_ID, WireMoving
from tests.api.standard.v4.phone import to_bytes
from tests.api.standard.v4.wire import CODE_INVALID, attempts
from tests.api.standard.wire import NO_UPGRADE
from tests.bank import PIN, VERSIONS, Bank
from tests.engine.generations_four.phone import PB, PK, PKB, configure

P = SignatureType.POSSESSION
SUITES_KEY = "cryptography_algorithms_supported"


@pytest.fixture(autouse=True)
def _offered(settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4


@pytest.fixture(params=available_suites(), ids=lambda suite: suite.name)
def each_phone(bank: Bank, request: pytest.FixtureRequest) -> WireMoving:
    """A phone that can move up, to each suite."""
    return WireMoving.of(bank, request.param)


@pytest.fixture
def phone(bank: Bank) -> WireMoving:
    """A phone that can move up, to the smallest suite."""
    return WireMoving.of(bank, EC_P384)


def assert_untouched(phone: WireMoving) -> None:
    """Insist on that nothing waits, and on that the phone goes on."""
    assert (phone.row.pending_suite, phone.row.protocol_generation) == ("", 3)
    assert not phone.row.keys.exists()
    assert phone.works_as_before()


@pytest.mark.main_path
def test_a_phone_moves_up(each_phone: WireMoving) -> None:
    phone = each_phone
    assert phone.old.status().upgrade_version == 4
    phone.start()
    assert phone.works_as_before()
    assert outcome(phone.finish()) == OK
    assert phone.works_as_new()
    assert phone.new.validate(P).ok
    assert phone.new.validate(PB).ok
    assert not phone.works_as_before()
    assert (phone.row.algorithm, phone.row.version) == (phone.new.suite.name, 4)


@pytest.mark.parametrize("version", VERSIONS[:4])
def test_every_version_of_protocol_3_moves_up(bank: Bank, version: str) -> None:
    phone = WireMoving.of(bank, EC_P384, version=version)
    phone.start()
    assert outcome(phone.finish()) == OK
    assert phone.works_as_new()


def test_a_server_of_protocol_4_alone_lets_phones_in(phone: WireMoving, settings: Settings) -> None:
    """Protocol 3 ends with the upgrade, and may end before it for everything else."""
    phone.new.ask_temporary_key(Scope.APPLICATION)
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    assert not phone.works_as_before()
    assert phone.old.status().upgrade_version == 4
    phone.start()
    assert not phone.works_as_before()
    assert outcome(phone.finish()) == OK
    assert phone.works_as_new()


def test_history_tells_of_both_steps(phone: WireMoving) -> None:
    phone.start()
    phone.finish()
    told = ActivationHistory.objects.filter(activation=phone.row).order_by("id")
    reasons = [(row.event_reason, row.version) for row in told][-2:]
    assert reasons == [("UPGRADE_STARTED", 3), ("ACTIVATION_VERSION_CHANGED", 4)]


def test_lost_answers_are_asked_for_again(phone: WireMoving) -> None:
    phone.ask()
    assert phone.works_as_before()
    phone.start()
    assert outcome(phone.finish()) == OK
    assert outcome(phone.finish()) == OK
    assert phone.works_as_new()


@pytest.mark.parametrize("body", [b"", b"{}", b"not JSON"])
def test_the_body_of_the_confirmation_is_not_read(phone: WireMoving, body: bytes) -> None:
    phone.start()
    assert outcome(phone.finish(body=body)) == OK


# --- start: who asks -----------------------------------------------------------------------------


def test_a_wrong_pin_is_counted_as_in_protocol_3(phone: WireMoving) -> None:
    assert outcome(phone.begin(pin="9999")) == CODE_INVALID
    assert phone.row.failed_attempts == 1
    assert_untouched(phone)
    for _ in range(5):
        assert outcome(phone.begin(pin="9999")) == CODE_INVALID
    assert phone.row.state == ActivationState.BLOCKED
    assert outcome(phone.begin()) == CODE_INVALID


@pytest.mark.parametrize("factors", [P, PB, PKB], ids=lambda kind: kind.value)
def test_it_takes_possession_and_knowledge(phone: WireMoving, factors: SignatureType) -> None:
    assert outcome(phone.begin(factors=factors)) == CODE_INVALID
    assert phone.row.failed_attempts == 0
    assert_untouched(phone)


@pytest.mark.parametrize("resource", [CONFIRM_ID, "/pa/upgrade", "/operation/authorize"])
def test_the_signature_names_its_target(phone: WireMoving, resource: str) -> None:
    assert outcome(phone.begin(resource=resource)) == CODE_INVALID
    assert phone.row.failed_attempts == 1
    assert_untouched(phone)


def test_the_signature_covers_the_encrypted_body(phone: WireMoving) -> None:
    first, second = (to_bytes(phone.sealed().call.request.to_json()) for _ in range(2))
    assert outcome(phone.post(second, phone.headers(first))) == CODE_INVALID
    assert_untouched(phone)


def test_without_a_signature(phone: WireMoving) -> None:
    headers = phone.new.encryption_header(Scope.APPLICATION)
    body = to_bytes(phone.sealed().call.request.to_json())
    assert outcome(phone.post(body, headers)) == CODE_INVALID
    assert_untouched(phone)


def test_a_code_of_protocol_4_begins_nothing(phone: WireMoving) -> None:
    phone.start()
    kept = bytes(phone.row.activation_secret)
    body = to_bytes(phone.sealed().call.request.to_json())
    headers = phone.new.encryption_header(Scope.APPLICATION)
    for kind in (P, PK):
        headers |= phone.new.code_header(START_ID, body, kind)
        assert outcome(phone.post(body, headers)) == CODE_INVALID
    assert bytes(phone.row.activation_secret) == kept
    assert phone.row.failed_attempts == 0
    assert phone.works_as_before()


def test_a_request_is_used_once(phone: WireMoving) -> None:
    sealed = phone.sealed()
    body = to_bytes(sealed.call.request.to_json())
    headers = phone.headers(body)
    assert phone.post(body, headers).ok
    kept = bytes(phone.row.activation_secret)
    assert outcome(phone.post(body, headers)) == CODE_INVALID
    assert outcome(phone.post(body, phone.headers(body))) == NO_UPGRADE
    assert bytes(phone.row.activation_secret) == kept


# --- start: what is asked ------------------------------------------------------------------------


def answer_with(phone: WireMoving, encryption: str | None) -> Answer:
    body = to_bytes(phone.sealed().call.request.to_json())
    headers = phone.headers(body)
    del headers[ENCRYPTION_HEADER]
    return phone.post(
        body, headers if encryption is None else headers | {ENCRYPTION_HEADER: encryption}
    )


def test_trap_21_the_body_has_a_header_of_its_own(phone: WireMoving) -> None:
    """Trap 21: the 3.x header says nothing of the 4.0 body."""
    assert outcome(answer_with(phone, None)) == NO_UPGRADE
    for version in ("3.3", "3.2", "4.1", "5.0", ""):
        text = phone.new.encryption_header(Scope.APPLICATION)[ENCRYPTION_HEADER]
        changed = text.replace('"4.0"', f'"{version}"')
        assert outcome(answer_with(phone, changed)) == NO_UPGRADE
    assert_untouched(phone)


def test_trap_21_the_scope_of_an_activation_is_refused(phone: WireMoving) -> None:
    """Trap 21: application scope, not activation scope with `/pa/upgrade`."""
    text = phone.new.encryption_header(Scope.ACTIVATION)[ENCRYPTION_HEADER]
    assert outcome(answer_with(phone, text)) == NO_UPGRADE
    new = phone.new
    new.temporary[Scope.ACTIVATION] = new.temporary[Scope.APPLICATION]
    for encryptor in (Encryptor.ADD_BIOMETRY, Encryptor.ACTIVATION_GENERIC):
        assert outcome(phone.begin(new.seal(phone.asked(), encryptor))) == NO_UPGRADE
    assert_untouched(phone)


def test_trap_21_a_body_of_protocol_3_is_refused(phone: WireMoving) -> None:
    """Trap 21: the body is the AEAD object of 4.0."""
    body = to_bytes(phone.old.seal(b"{}", Encryptor.APPLICATION_GENERIC)[0].to_json())
    assert outcome(phone.post(body, phone.headers(body))) == NO_UPGRADE
    assert_untouched(phone)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not JSON", b'{"requestObject":{}}'])
def test_bodies_that_are_no_envelope(phone: WireMoving, body: bytes) -> None:
    assert outcome(phone.post(body, phone.headers(body))) == NO_UPGRADE
    assert_untouched(phone)


@pytest.mark.parametrize("name", ["temporaryKeyId", "encryptedData", "nonce", "timestamp"])
def test_every_member_is_needed(phone: WireMoving, name: str) -> None:
    members = phone.sealed().call.request.to_json()
    del members[name]
    body = to_bytes(members)
    assert outcome(phone.post(body, phone.headers(body))) == NO_UPGRADE
    assert_untouched(phone)


def test_a_body_is_not_too_long(phone: WireMoving, settings: Settings) -> None:
    body = b" " * (settings.SIGNED_BODY_BYTES + 1)
    assert outcome(phone.post(body, phone.headers(body))) == TOO_LARGE


def test_both_headers_are_of_one_application(phone: WireMoving, other_bank: Bank) -> None:
    stranger = WireMoving.of(other_bank, EC_P384)
    sealed = stranger.sealed()
    body = to_bytes(sealed.call.request.to_json())
    headers = stranger.new.encryption_header(Scope.APPLICATION)
    signature = phone.old.sign("POST", START_ID, body, factors=PK, pin=PIN)
    assert outcome(phone.post(body, headers | {SIGNATURE_HEADER: signature})) == NO_UPGRADE
    assert_untouched(phone)
    assert_untouched(stranger)


def test_it_has_to_be_offered(phone: WireMoving, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 3
    assert outcome(phone.begin()) == NO_UPGRADE
    assert_untouched(phone)


def test_the_application_allows_the_suite(phone: WireMoving) -> None:
    sealed = phone.sealed()
    configure(phone.application, SUITES_KEY, ["EC_P384_ML_L3"])
    assert outcome(phone.begin(sealed)) == NO_UPGRADE
    assert_untouched(phone)


def test_an_activation_of_protocol_4_cannot_begin(phone: WireMoving) -> None:
    phone.start()
    phone.finish()
    kept = bytes(phone.row.activation_secret)
    assert outcome(phone.begin()) == CODE_INVALID
    assert bytes(phone.row.activation_secret) == kept


# --- confirm -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [PK, PB, PKB], ids=lambda kind: kind.value)
def test_only_possession_confirms(phone: WireMoving, kind: SignatureType) -> None:
    phone.start()
    for _ in range(6):
        assert outcome(phone.finish(kind)) == CODE_INVALID
    assert phone.row.failed_attempts == 0
    assert phone.works_as_before()
    assert outcome(phone.finish()) == OK


@pytest.mark.parametrize("resource", ["/pa/auth/validate", START_ID, "/pa/upgrade/commit"])
def test_the_code_names_its_target(phone: WireMoving, resource: str) -> None:
    phone.start()
    assert outcome(phone.finish(resource=resource)) == CODE_INVALID
    assert phone.works_as_before()


def test_a_wrong_code_costs_nothing(phone: WireMoving) -> None:
    phone.start()
    for _ in range(7):
        answer = phone.new.post_signed(CONFIRM, CONFIRM_ID, b"", P, possession=bytes(32))
        assert outcome(answer) == CODE_INVALID
    row = phone.row
    assert (row.failed_attempts, row.state) == (0, ActivationState.ACTIVE)
    assert phone.works_as_before()
    assert outcome(phone.finish()) == OK


def test_codes_of_protocol_4_open_nothing_before(phone: WireMoving) -> None:
    """Trap 22: until the confirmation only protocol 3 counts."""
    phone.start()
    for kind in (P, PK, PB):
        assert outcome(phone.new.validate(kind)) == CODE_INVALID
    operation = phone.new.server.post(
        "/api/auth/token/app/operation/list",
        b"{}",
        phone.new.code_header("/operation/list", b"{}", PK),
    )
    assert operation.status == 401
    assert attempts(phone.new)[1] == 0
    assert phone.works_as_before()


def test_a_signature_of_protocol_3_confirms_nothing(phone: WireMoving) -> None:
    phone.start()
    for factors in (P, PK):
        header = phone.old.sign("POST", CONFIRM_ID, b"", factors=factors, pin=PIN)
        answer = phone.new.post(CONFIRM, b"", {SIGNATURE_HEADER: header})
        assert outcome(answer) == CODE_INVALID
    assert phone.row.protocol_generation == 3


def test_nothing_was_begun(phone: WireMoving) -> None:
    phone.new.ctr = bytes(32)
    assert outcome(phone.finish()) == CODE_INVALID
    assert_untouched(phone)


@pytest.mark.parametrize("end", ["block", "remove"])
def test_blocked_and_removed_activations(phone: WireMoving, end: str) -> None:
    phone.start()
    getattr(lifecycle, end)(phone.old.activation_id, at=timezone.now())
    assert outcome(phone.finish()) == CODE_INVALID
    assert phone.row.protocol_generation == 3


def test_without_a_code(phone: WireMoving) -> None:
    phone.start()
    for headers in ({}, {SIGNATURE_HEADER: "PowerAuth"}):
        assert outcome(phone.new.post(CONFIRM, b"", headers)) == CODE_INVALID
    assert phone.row.protocol_generation == 3


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["start", "confirm"])
def test_other_methods(phone: WireMoving, method: str, path: str) -> None:
    answer = phone.new.server.request(method, f"/pa/v4/upgrade/{path}", b"", {})
    assert answer.status == 405
