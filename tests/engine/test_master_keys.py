"""Master keys of every algorithm, also beside servers of before: docs/adr/0012-generations.md."""

import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from powerauth.checks.applications import check_applications
from powerauth.engine.applications import applications, key_completion, master_keys
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Application, AuditRecord, MasterKeyPair
from powerauth.protocol.v4.primitives.signing import (
    ECDSA_P256,
    ECDSA_P384,
    SIGNING_ALGORITHMS,
)
from tests.bank import PIN, Bank
from tests.races.crowd import together

AVAILABLE = [each for each in SIGNING_ALGORITHMS.values() if each.is_available()]
NAMES = [each.name for each in AVAILABLE]


@pytest.fixture
def former(bank: Bank) -> Application:
    """An application as a server of before has left it: one pair, under its former name."""
    rows = MasterKeyPair.objects.filter(application=bank.application)
    rows.exclude(algorithm="ECDSA_P256").delete()
    rows.update(algorithm="EC_P256")
    return bank.application


def key_of_a_server_of_before(application: Application) -> bytes:
    """Give the public key that such a server takes: that of the newest row."""
    row = MasterKeyPair.objects.filter(application=application).order_by("-id")[0]
    return bytes(row.public_key)


def completed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    call_command("complete_master_keys")
    return capsys.readouterr().out.splitlines()


def test_a_new_application_has_a_pair_of_each_algorithm(db: None) -> None:
    application = applications.create("a")
    rows = MasterKeyPair.objects.filter(application=application)
    assert sorted(rows.values_list("algorithm", flat=True)) == sorted(NAMES)
    assert list(master_keys.pairs("a")) == NAMES
    assert key_of_a_server_of_before(application) == master_keys.public_key("a")
    for algorithm in AVAILABLE:
        pair = master_keys.pair("a", algorithm)
        assert pair == master_keys.pairs("a")[algorithm.name]
        signature = algorithm.sign(pair.private_key, b"data")
        assert algorithm.verify(pair.public_key, b"data", signature)
        assert len(pair.private_key) <= 48


def test_an_application_of_before_gets_what_it_lacks(
    former: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    before = master_keys.pair(former.id)
    assert master_keys.incomplete() == {former.id: NAMES[1:]}
    assert completed(capsys)[0] == f"{former.id}: added {', '.join(NAMES[1:])}"
    assert master_keys.algorithms_of(former.id) == NAMES
    assert master_keys.pair(former.id) == before
    assert key_of_a_server_of_before(former) == before.public_key
    record = AuditRecord.objects.get(action=key_completion.ACTION)
    assert record.object_id == former.id
    assert json.loads(record.after) == {"master_keys": NAMES[1:]}
    held = MasterKeyPair.objects.count()
    assert len(completed(capsys)) == 1
    assert MasterKeyPair.objects.count() == held
    assert AuditRecord.objects.filter(action=key_completion.ACTION).count() == 1


def test_an_application_without_any_pair(db: None) -> None:
    application = Application.objects.create(id="a")
    assert master_keys.incomplete() == {"a": NAMES}
    assert key_completion.complete("a", at=timezone.now()) == NAMES
    assert key_of_a_server_of_before(application) == master_keys.public_key("a")


def test_pairs_of_other_algorithms_are_no_master_key_of_p256(former: Application) -> None:
    MasterKeyPair.objects.update(algorithm=ECDSA_P384.name)
    for ask in (master_keys.pairs, master_keys.public_keys):
        with pytest.raises(EngineRefusal) as refused:
            ask(former.id)
        assert refused.value.code is ErrorCode.NO_MASTER_KEY_PAIR


def test_pairs_of_algorithms_of_later_versions_are_left_alone(former: Application) -> None:
    MasterKeyPair.objects.create(
        application=former, name="later", algorithm="SLH", public_key=b"x", private_key=b""
    )
    assert list(master_keys.public_keys(former.id)) == [ECDSA_P256.name]


@pytest.mark.parametrize("version", ["3.0", "3.3"])
def test_phones_of_version_3_go_on_without_keys_of_4(
    bank: Bank, former: Application, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    assert phone.validate_signature(pin=PIN).ok
    key_completion.complete(former.id, at=timezone.now())
    assert phone.validate_signature(pin=PIN).ok
    assert bank.phone("bob", version=version).validate_signature(pin=PIN).ok


def test_the_check_names_applications_that_lack_keys(former: Application) -> None:
    (warning,) = check_applications(None)
    assert warning.id == "enrollment_server.W040"
    assert former.id in warning.msg
    assert "complete_master_keys" in str(warning.hint)
    key_completion.complete(former.id, at=timezone.now())
    assert check_applications(None) == []


def test_a_library_without_ml_dsa_adds_the_keys_that_it_can(
    former: Application, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    curves = {each.name: each for each in (ECDSA_P256, ECDSA_P384)}
    monkeypatch.setattr(master_keys, "SIGNING_ALGORITHMS", curves)
    assert key_completion.complete(former.id, at=timezone.now()) == [ECDSA_P384.name]
    assert master_keys.incomplete() == {}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_the_same_moment_add_each_key_once(former: Application) -> None:
    assert connection.vendor == "postgresql"
    run = lambda: key_completion.complete(former.id, at=timezone.now())  # noqa: E731
    assert sorted(together([run] * 4), key=len) == [[], [], [], NAMES[1:]]
    names = list(MasterKeyPair.objects.order_by("id").values_list("algorithm", flat=True))
    assert names == ["EC_P256", *reversed(NAMES[1:]), ECDSA_P256.name]
