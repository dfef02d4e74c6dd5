"""The demo bank: seeded once, also by servers that start together, and presentable."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from pytest_django.fixtures import Settings

from enrollment_server.demo import admin_login, seed
from operations.models import FormTemplate, Operation, OperationTemplate
from operations.ringing.texts import generic
from operations.screen.form_data import TemplateTexts, build_form_data
from operations.screen.locales import parse_accept_language
from powerauth.announcements import Announcement
from powerauth.engine.applications import master_keys
from powerauth.models import Application, MasterKeyPair
from tests.house.commands import ROOT, manage

EVERY_TYPE = {
    "AMOUNT",
    "AMOUNT_CONVERSION",
    "KEY_VALUE",
    "NOTE",
    "HEADING",
    "ALERT",
    "IMAGE",
    "PARTY_INFO",
}


@pytest.mark.django_db
@pytest.mark.main_path
def test_seeding_twice_changes_nothing() -> None:
    now = timezone.now()
    assert seed.seed(at=now) is True
    FormTemplate.objects.filter(placeholder="payment", language="en").update(title="Mine")
    Operation.objects.filter(template_name="login").delete()
    before = list(Operation.objects.order_by("id").values())
    assert seed.seed(at=now + timedelta(days=1)) is False
    assert before == list(Operation.objects.order_by("id").values())
    assert FormTemplate.objects.get(placeholder="payment", language="en").title == "Mine"


@pytest.mark.django_db
def test_a_demo_bank_of_a_former_version_gets_the_keys_that_it_lacks() -> None:
    seed.seed(at=timezone.now())
    lacking = MasterKeyPair.objects.exclude(algorithm="ECDSA_P256")
    lacking.delete()
    before = master_keys.pair(seed.APPLICATION_ID)
    assert seed.seed(at=timezone.now()) is False
    assert master_keys.incomplete() == {}
    assert master_keys.pair(seed.APPLICATION_ID) == before


@pytest.mark.django_db
def test_demo_bank_has_something_of_everything() -> None:
    now = timezone.now()
    seed.seed(at=now)
    assert Application.objects.filter(id="demo-bank").exists()
    pending = Operation.objects.pending(at=now + timedelta(days=29))
    assert set(pending.values_list("user_id", flat=True)) == {"alice", "bob", ""}
    assert pending.exclude(proximity_seed=b"").count() == 1
    assert pending.exclude(risk_flags="").count() == 1
    types = set(OperationTemplate.objects.values_list("operation_type", flat=True))
    for language in ("en", "cs", "sk", "de"):
        rows = FormTemplate.objects.filter(language=language)
        assert set(rows.values_list("placeholder", flat=True)) == types
        assert {
            attribute["type"] for row in rows for attribute in json.loads(row.attributes)
        } == EVERY_TYPE


@pytest.mark.django_db
def test_demo_operations_ring_with_texts_of_their_own(announced: list[Announcement]) -> None:
    seed.seed(at=timezone.now())
    users = set(Operation.objects.exclude(user_id="").values_list("pk", flat=True))
    assert {news.cause for news in announced} == {f"operation:{pk}" for pk in users}
    for news in announced:
        assert not news.silent
        assert set(news.texts) == {"en", "cs", "sk", "de", ""}
        assert not set(news.texts.values()) & set(generic().values())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "cs", "sk", "de"])
def test_every_demo_operation_is_shown_completely(language: str) -> None:
    seed.seed(at=timezone.now())
    operations = list(Operation.objects.with_form(language=language, default_language="en"))
    assert len(operations) == 7
    for operation in operations:
        assert "${" not in operation.data
        template: dict[str, str] = json.loads(vars(operation)["form"])
        form = build_form_data(
            TemplateTexts(**template), operation.parameters, parse_accept_language(language)
        )
        assert "${" not in json.dumps(form, default=str)
        attributes = form["attributes"]
        assert isinstance(attributes, list)
        assert len(attributes) == len(json.loads(template["attributes"]))


def test_seeding_at_the_same_time_seeds_once(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/database.sqlite3"}
    assert manage("migrate", environment=environment).returncode == 0
    command = [sys.executable, "manage.py", "seed_demo", "--no-admin"]
    processes = [
        subprocess.Popen(  # noqa: S603
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = sorted(process.communicate(timeout=120)[0] for process in processes)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert said == ["The demo bank is seeded.\n", *["The demo bank was there already.\n"] * 2]


@pytest.mark.django_db
def test_changed_admin_password_is_respected(tmp_path: Path, settings: Settings) -> None:
    settings.BASE_DIR = tmp_path
    first = admin_login.ensure_admin()
    assert first.password is not None
    assert admin_login.ensure_admin() == first
    user = get_user_model().objects.get(username="admin")
    assert user.is_superuser
    user.set_password("changed")
    user.save()
    assert admin_login.ensure_admin().password is None
    user.refresh_from_db()
    assert user.check_password("changed")
