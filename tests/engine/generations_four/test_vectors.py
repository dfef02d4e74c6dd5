"""Activations of the vectors in rows of the database, through the interface of the engine."""

import uuid

from django.utils import timezone

from powerauth.engine.generations import four
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.generations.values import OfflineText
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation, ActivationState, KeySide
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.signed_request import SignatureType, signature_data
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.status_blob import ctr_data_hash, read_status
from powerauth.protocol.v4.suites import suite_of
from powerauth.protocol.versions import SignatureFormat
from tests.bank import Bank
from tests.protocol import vectors
from tests.protocol.vectors import Case, decode

CODES = four.GENERATION.codes


def stored(bank: Bank, suite: str, **columns: object) -> Activation:
    """Store an activation of generation 4 without keys."""
    now = timezone.now()
    values: dict[str, object] = {
        "application": bank.application,
        "user_id": "alice",
        "state": ActivationState.ACTIVE,
        "protocol_generation": 4,
        "algorithm": suite,
        "version": 4,
        "created_with": "4.0",
        "max_failed_attempts": 5,
        "server_public_key": b"",
        "server_private_key": b"",
        "expires_at": now,
        "created_at": now,
        "last_used_at": now,
        **columns,
    }
    return Activation.objects.create(**values)


def give_keys(row: Activation, secret: bytes, **keys: bytes) -> Activation:
    """Seal the secret of an activation, and its factor keys, where they are not derived."""
    derived = ActivationKeys(secret)
    first = {"knowledge_key": derived.knowledge, "biometry_key": derived.biometry}
    columns = stored_keys.sealed(row, activation_secret=secret, **{**first, **keys})
    Activation.objects.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()
    return row


def attempt(code: str, data: bytes, kind: str, digits: int | None) -> Attempt:
    fmt = SignatureFormat.DECIMAL if digits else SignatureFormat.BASE64
    candidates = [(data, SignatureType(kind))]
    return Attempt(signature=code, candidates=candidates, fmt=fmt, digits=digits or 8)


@vectors.each("v4/auth-code-v4.json")
def test_codes(bank: Bank, case: Case) -> None:
    row = stored(bank, case["suite"], ctr_data_4=case.binary("counterData"), biometry_enabled=True)
    keys = {"knowledge_key": case.binary("knowledge"), "biometry_key": case.binary("biometry")}
    give_keys(row, case.binary("activationSecret"), **keys)
    data = signature_data(case["baseString"].encode(), case["applicationSecret"])
    for kind, codes in case["codes"].items():
        texts: list[tuple[str, int | None]] = [(codes["base64"], None)]
        texts += [(text, int(digits)) for digits, text in codes["decimal"].items()]
        for code, digits in texts:
            match = CODES.find(row, attempt(code, data, kind, digits), look_ahead=1)
            assert match is not None and match.steps == 1


@vectors.each("v4/auth-code-v4.json: invalid")
def test_invalid_codes(bank: Bank, case: Case) -> None:
    of = next(
        each
        for each in vectors.cases_of("v4/auth-code-v4.json")
        if each["possession"] == case["possession"]
    )
    row = stored(bank, case["suite"], ctr_data_4=case.binary("counterData"), biometry_enabled=True)
    keys = {"knowledge_key": case.binary("knowledge"), "biometry_key": case.binary("biometry")}
    give_keys(row, of.binary("activationSecret"), **keys)
    tried = attempt(case["code"], case["data"].encode(), case["type"], None)
    assert CODES.find(row, tried, look_ahead=1) is None


@vectors.each("v4/status-v4.json")
def test_status(bank: Bank, case: Case) -> None:
    row = stored(
        bank,
        case["suite"],
        ctr_data_4=case.binary("counterData"),
        state=case["state"],
        counter=case["counterByte"],
        failed_attempts=case["failedAttempts"],
        max_failed_attempts=case["maxFailedAttempts"],
        confirmation_pending=bool(case["flags"] & 1),
        pending_suite="EC_P384" if case["flags"] & 2 else "",
        biometry_enabled=bool(case["flags"] & 8),
    )
    give_keys(row, case.binary("activationSecret"))
    keys = ActivationKeys(case.binary("activationSecret"))
    blob = four.GENERATION.identity.status(row, None).blob
    expected = case.binary("blob")
    # Filling, and whether the suite is allowed, are not of the row.
    assert blob[:7] == expected[:7] and blob[12:15] == expected[12:15]
    assert blob[7] == expected[7] & ~4
    assert read_status(blob, keys).ctr_data_hash == ctr_data_hash(keys, case.binary("counterData"))
    assert blob[16:48] == case.binary("counterDataHash")


@vectors.each("v4/fingerprint-v4.json")
def test_fingerprint(bank: Bank, case: Case) -> None:
    row = stored(bank, case["algorithm"], id=uuid.UUID(case["activationId"]))
    give_keys(row, bytes(32))
    for side in KeySide:
        names = [f"{side.value.lower()}{name}" for name in ("Ecdsa", "Mldsa")]
        keys = [decode(case[name]) for name in names if case.get(name)]
        pairs = zip(suite_of(case["algorithm"]).signing, keys, strict=True)
        for each in stored_keys.key_rows(row, side, {alg.name: (key, b"") for alg, key in pairs}):
            each.save()
    assert four.GENERATION.identity.fingerprint(row) == case["fingerprint"]


@vectors.each("v4/offline-v4.json")
def test_offline(bank: Bank, case: Case) -> None:
    row = stored(bank, case["suite"], ctr_data_4=case.binary("counterData"), biometry_enabled=True)
    give_keys(row, case.binary("activationSecret"))
    text = OfflineText(data=case["data"], nonce_b64=case["nonce"], totp=case["totp"])
    assert four.GENERATION.offline.personal(row, text) == case["offlineData"]
    data = signature_data(case["baseString"].encode(), "offline")
    for kind, codes in case["codes"].items():
        for digits, code in codes.items():
            assert CODES.find(row, attempt(code, data, kind, int(digits)), look_ahead=1)


@vectors.each("v4/status-v4.json: token")
def test_tokens(case: Case) -> None:
    header = TokenHeader.parse(case["header"], generations=(4,))
    scheme = four.GENERATION.tokens
    assert scheme.verify(header, case.binary("tokenSecret"))
    assert not scheme.verify(header, bytes(32))
