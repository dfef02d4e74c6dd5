"""What a code of generation 4 costs the database: as much as a signature of generation 3."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from powerauth.engine.signatures import signatures
from powerauth.models import Activation
from powerauth.values import SignedRequest
from tests.bank import Bank
from tests.engine.generations_four.phone import PKB, Phone4
from tests.engine.test_signatures import IDS, request_of

pytestmark = pytest.mark.postgresql


def statements(request: SignedRequest) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert signatures.verify_online(request, at=timezone.now()).valid
    return len(queries)


def test_statements(bank: Bank, each_phone: Phone4) -> None:
    former = bank.phone("bob")
    Activation.objects.filter(pk=each_phone.activation_id).update(biometry_enabled=True)
    assert statements(request_of(former, IDS[0])) == 2
    assert statements(each_phone.signed()) == 2
    assert statements(each_phone.signed(PKB)) == 2
