"""Temporary keys of generation 4: protocol-4.md 22."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.encryption import temporary_keys
from powerauth.engine.generations import choice, four
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, MasterKeyPair, TemporaryKey
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.v4.key_agreement import temporary_key
from powerauth.protocol.v4.key_agreement.shared_secret import Offer
from powerauth.protocol.v4.key_agreement.temporary_key import TemporaryKeyRequest
from powerauth.protocol.v4.suites import EC_P384, SUITES
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4, configure, new_phone

EACH_SCOPE = pytest.mark.parametrize("scope", Scope)


def create(jwt: str) -> str:
    return temporary_keys.create(jwt, generation=four.GENERATION, at=timezone.now())


def refusal_of(jwt: str) -> ErrorCode:
    with pytest.raises(EngineRefusal) as refused:
        create(jwt)
    return refused.value.code


@EACH_SCOPE
def test_both_sides_have_the_key(each_phone: Phone4, scope: Scope) -> None:
    told = each_phone.ask_temporary_key(scope)
    row = TemporaryKey.objects.get(pk=told.key_id)
    place = record_places.temporary_key(row.id, row.application_key, row.activation_id)
    assert each_phone.temporary[scope] == (str(row.id), records.unseal(row.private_key, place))
    assert row.algorithm == each_phone.suite.name
    in_activation = scope is Scope.ACTIVATION
    assert told.activation_id == (each_phone.activation_id if in_activation else None)
    assert row.activation_id == (each_phone.row.pk if in_activation else None)
    assert (told.application_key, told.challenge) == (row.application_key, "challenge")
    assert told.expires_at_ms - told.issued_at_ms == 300_000
    assert timezone.now() < row.expires_at <= timezone.now() + timedelta(minutes=5)
    for elsewhere in (
        record_places.temporary_key(row.id, "other", row.activation_id),
        record_places.temporary_key(row.id, row.application_key, row.id),
    ):
        with pytest.raises(records.SecretUnreadable):
            records.unseal(row.private_key, elsewhere)


@EACH_SCOPE
def test_altered_requests(phone: Phone4, scope: Scope) -> None:
    jwt, _ = phone.key_request(scope)
    head, claims, mac = jwt.split(".")
    before = TemporaryKey.objects.count()
    for altered in (f"{head}.{claims}.{mac[:-4]}AAAA", f"{head}.{claims}", "", jwt + "A"):
        assert refusal_of(altered) is ErrorCode.INVALID_REQUEST
    assert TemporaryKey.objects.count() == before
    assert create(jwt)


def test_a_request_under_the_key_of_the_other_scope(phone: Phone4) -> None:
    request = TemporaryKeyRequest(
        application_key=phone.version.application_key,
        activation_id=phone.activation_id,
        challenge="challenge",
        shared_secret=Offer.generate(EC_P384).request,
    )
    jwt = temporary_key.sign_request(request, key=phone.mac_key(Scope.APPLICATION))
    assert refusal_of(jwt) is ErrorCode.INVALID_REQUEST


@EACH_SCOPE
def test_bad_keys_of_the_phone(phone: Phone4, scope: Scope) -> None:
    offer: Any = Offer.generate(EC_P384)
    for keys in ((bytes(97),), (b"",), (offer.request.encapsulation_keys[0], b"more")):
        request = TemporaryKeyRequest(
            application_key=phone.version.application_key,
            activation_id=phone.activation_id if scope is Scope.ACTIVATION else None,
            challenge="challenge",
            shared_secret=type(offer.request)(algorithm="EC_P384", encapsulation_keys=keys),
        )
        jwt = temporary_key.sign_request(request, key=phone.mac_key(scope))
        assert refusal_of(jwt) is ErrorCode.INVALID_REQUEST


def test_trap_26_an_activation_has_its_own_suite_only(each_phone: Phone4) -> None:
    for suite in SUITES:
        jwt, _ = each_phone.key_request(Scope.ACTIVATION, suite)
        if suite is each_phone.suite:
            assert create(jwt)
        else:
            assert refusal_of(jwt) is ErrorCode.INVALID_REQUEST


def test_an_application_allows_its_suites_only(bank: Bank, each_phone: Phone4) -> None:
    others = [suite.name for suite in SUITES if suite is not each_phone.suite]
    configure(bank.application, "cryptography_algorithms_supported", others)
    jwt, _ = each_phone.key_request(Scope.APPLICATION)
    assert refusal_of(jwt) is ErrorCode.ALGORITHM_NOT_SUPPORTED
    # What there is goes on working.
    assert create(each_phone.key_request(Scope.ACTIVATION)[0])
    configure(bank.application, "cryptography_algorithms_supported", [])
    assert create(jwt)


@pytest.mark.parametrize("state", ActivationState)
def test_every_state_but_created_is_served(phone: Phone4, state: ActivationState) -> None:
    Activation.objects.update(state=state)
    jwt, _ = phone.key_request(Scope.ACTIVATION)
    if state is ActivationState.CREATED:
        assert refusal_of(jwt) is ErrorCode.ACTIVATION_NOT_FOUND
    else:
        assert create(jwt)


def test_an_activation_of_generation_3(bank: Bank, phone: Phone4) -> None:
    jwt, _ = phone.key_request(Scope.ACTIVATION)
    Activation.objects.update(protocol_generation=3)
    assert refusal_of(jwt) is ErrorCode.ACTIVATION_NOT_FOUND


def test_an_activation_without_keys(phone: Phone4) -> None:
    jwt, _ = phone.key_request(Scope.ACTIVATION)
    Activation.objects.update(activation_secret=b"")
    assert refusal_of(jwt) is ErrorCode.ACTIVATION_STATE


def test_an_application_without_master_keys(bank: Bank) -> None:
    phone = new_phone(bank.application, EC_P384)
    MasterKeyPair.objects.filter(algorithm="ECDSA_P384").delete()
    jwt, _ = phone.key_request(Scope.APPLICATION)
    assert refusal_of(jwt) is ErrorCode.NO_MASTER_KEY_PAIR
    assert not TemporaryKey.objects.exists()


def test_generations_do_not_read_each_other(phone: Phone4) -> None:
    jwt, _ = phone.key_request(Scope.APPLICATION)
    with pytest.raises(EngineRefusal) as refused:
        temporary_keys.create(jwt, generation=choice.THREE, at=timezone.now())
    assert refused.value.code is ErrorCode.INVALID_REQUEST
