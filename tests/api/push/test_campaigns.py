"""Campaigns as back ends prepare and send them: push-and-inbox.md 8."""

import json
from typing import Any

import pytest
import requests
from pytest_django.fixtures import Settings

from powerauth.models import AuditRecord
from push.campaigns import sending, services
from push.integration.campaigns import inputs
from push.models import PushCampaign, PushDelivery, PushMessage
from tests.api.push_server import (
    EMPTY,
    NO_APP,
    done,
    get,
    malformed,
    post,
    refusal,
    result,
    send,
    violations,
)
from tests.factories import ApplicationFactory
from tests.push.accounts import every_provider
from tests.push.outbox.providers import device
from tests.wsgi import BASE_URL

CREATE = "push/campaign/create"
BODY = {"title": "News", "body": "Read our news", "extras": {"page": "news"}}
UNKNOWN = ("ERROR_GENERIC", "Campaign with entered ID does not exist")
SENT = ("ERROR_GENERIC", "The campaign has been sent.")


@pytest.fixture(autouse=True)
def retail(db: None, settings: Settings) -> None:
    settings.PUSH_SYNCHRONOUS_TIMEOUT_S = 0
    ApplicationFactory.create(id="retail")
    every_provider("retail")


@pytest.fixture
def campaign(http: requests.Session) -> str:
    made = result(post(http, CREATE, {"appId": "retail", "message": BODY}))
    assert set(made) == {"id"}
    return str(made["id"])


def of(campaign: str, method: str) -> str:
    return f"push/campaign/{campaign}/{method}"


def listed(http: requests.Session, campaign: str, **page: object) -> dict[str, Any]:
    response = get(http, of(campaign, "user/list"), **page)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    assert set(body) == {"status", "page", "size", "responseObject"}
    return body


def test_a_campaign_as_it_was_made(http: requests.Session, campaign: str) -> None:
    detail = result(get(http, of(campaign, "detail")))
    created = detail.pop("timestampCreated")
    assert created.endswith("+00:00")
    assert detail == {
        "id": campaign,
        "appId": "retail",
        "sent": False,
        "message": BODY,
        "timestampSent": None,
        "timestampCompleted": None,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, EMPTY),
        ({"message": BODY}, NO_APP),
        ({"appId": "retail"}, ("ERROR_GENERIC", "Push message must not be null.")),
        (
            {"appId": "other", "message": BODY},
            ("ERROR_GENERIC", "Application with given ID does not exist"),
        ),
    ],
)
def test_a_campaign_that_cannot_be(
    http: requests.Session, body: dict[str, Any] | None, expected: tuple[str, str]
) -> None:
    assert refusal(post(http, CREATE, body)) == expected
    assert not PushCampaign.objects.exists()


def test_a_message_that_no_provider_takes_is_refused(http: requests.Session) -> None:
    messages: tuple[dict[str, Any], ...] = ({"extras": {"aps": {}}}, {"body": "x" * 5000})
    for message in messages:
        response = post(http, CREATE, {"appId": "retail", "message": message})
        assert refusal(response)[0] == "ERROR_GENERIC"
    assert malformed(post(http, CREATE, {"appId": "retail", "message": "News"}))


def test_lists_show_what_waits_or_all(http: requests.Session, campaign: str) -> None:
    other = str(result(post(http, CREATE, {"appId": "retail", "message": BODY}))["id"])
    done(post(http, of(campaign, "user/add"), ["alice"]))
    done(post(http, f"push/campaign/send/live/{campaign}", None))

    def ids(**parameters: object) -> list[str]:
        return [each["id"] for each in result(get(http, "push/campaign/list", **parameters))]

    assert ids() == ids(all="false") == [other]
    assert ids(all="true") == [other, campaign]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_users_are_added_and_paged(http: requests.Session, campaign: str, method: str) -> None:
    path = of(campaign, "user/add")
    done(post(http, path, ["carol", "alice", "carol"], method=method))
    done(post(http, path, ["alice", "bob"], method=method))
    whole = listed(http, campaign)
    assert (whole["page"], whole["size"]) == (0, inputs.DEFAULT_SIZE)
    assert whole["responseObject"] == {"campaignId": campaign, "users": ["carol", "alice", "bob"]}
    second = listed(http, campaign, page=1, size=2)
    assert (second["page"], second["size"]) == (1, 2)
    assert second["responseObject"]["users"] == ["bob"]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_users_are_taken_off(http: requests.Session, campaign: str, method: str) -> None:
    done(post(http, of(campaign, "user/add"), ["carol", "alice"]))
    done(post(http, of(campaign, "user/delete"), ["carol", "nobody"], method=method))
    assert listed(http, campaign)["responseObject"]["users"] == ["alice"]


@pytest.mark.parametrize("method", ["user/add", "user/delete"])
def test_lists_of_users_are_checked(http: requests.Session, campaign: str, method: str) -> None:
    path = of(campaign, method)
    assert refusal(post(http, path, [])) == ("ERROR_GENERIC", "User ID list must not be empty.")
    assert refusal(send(http, path, {"requestObject": None})) == EMPTY
    assert malformed(post(http, path, {"userIds": ["alice"]}))
    assert malformed(post(http, path, ["alice", {}]))
    assert violations(post(http, path, ["a" * 256])) == [("requestObject", None)]
    many = [str(number) for number in range(services.MAX_USERS + 1)]
    assert violations(post(http, path, many)) == [("requestObject", len(many))]
    assert listed(http, campaign)["responseObject"]["users"] == []


def test_pages_are_bounded(http: requests.Session, campaign: str) -> None:
    assert listed(http, campaign, size=10**9)["size"] == inputs.MAX_SIZE
    assert listed(http, campaign, size=-1)["size"] == inputs.DEFAULT_SIZE
    assert violations(get(http, of(campaign, "user/list"), page=-1)) == [("page", None)]
    assert malformed(get(http, of(campaign, "user/list"), page="first"))


@pytest.mark.main_path
def test_a_campaign_is_sent_once(http: requests.Session, campaign: str) -> None:
    device(1)
    live = f"push/campaign/send/live/{campaign}"
    assert refusal(post(http, live, None)) == ("ERROR_GENERIC", "The campaign has no users.")
    done(post(http, of(campaign, "user/add"), ["alice"]))
    done(http.post(f"{BASE_URL}/{live}"))
    assert refusal(post(http, live, {})) == SENT
    for method in ("user/add", "user/delete"):
        assert refusal(post(http, of(campaign, method), ["bob"])) == SENT
    under_way = refusal(post(http, of(campaign, "delete"), None))
    assert under_way == ("ERROR_GENERIC", "The campaign is being sent.")
    assert result(get(http, of(campaign, "detail")))["sent"] is True
    while sending.advance(at=PushCampaign.objects.get().created_at):
        pass
    assert PushMessage.objects.get().user_id == "alice"
    PushDelivery.objects.update(state="sent")
    sending.advance(at=PushCampaign.objects.get().created_at)
    assert result(get(http, of(campaign, "detail")))["timestampCompleted"] is not None


def test_one_user_looks_at_it_first(http: requests.Session, campaign: str) -> None:
    device(1, user="tester")
    path = f"push/campaign/send/test/{campaign}"
    done(post(http, path, {"userId": "tester"}))
    assert PushMessage.objects.get().source == "test"
    assert refusal(post(http, path, {})) == ("ERROR_GENERIC", "No userId was specified")
    assert result(get(http, of(campaign, "detail")))["sent"] is False


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_deleting(http: requests.Session, campaign: str, method: str) -> None:
    done(post(http, of(campaign, "user/add"), ["alice"]))
    path = f"{BASE_URL}/{of(campaign, 'delete')}"
    assert result(http.request(method, path)) == {"deleted": True}
    assert result(http.request(method, path)) == {"deleted": False}
    assert refusal(get(http, of(campaign, "detail"))) == UNKNOWN


@pytest.mark.parametrize("campaign_id", ["0", "7", "9" * 18, "9" * 19, "-1", "seven", "\u0667"])
def test_unknown_campaigns(http: requests.Session, campaign_id: str) -> None:
    name = campaign_id
    assert refusal(get(http, of(name, "detail"))) == UNKNOWN
    assert refusal(get(http, of(name, "user/list"))) == UNKNOWN
    assert refusal(post(http, of(name, "user/add"), ["alice"])) == UNKNOWN
    assert refusal(post(http, of(name, "user/delete"), ["alice"])) == UNKNOWN
    assert refusal(post(http, f"push/campaign/send/live/{name}", None)) == UNKNOWN
    assert refusal(post(http, f"push/campaign/send/test/{name}", {"userId": "alice"})) == UNKNOWN


def test_changes_are_recorded(http: requests.Session, campaign: str) -> None:
    done(post(http, of(campaign, "user/add"), ["alice", "bob"]))
    done(post(http, f"push/campaign/send/live/{campaign}", None))
    records = AuditRecord.objects.filter(object_type="push_campaign").order_by("pk")
    assert [record.object_id for record in records] == [campaign] * 3
    assert json.loads(records[1].before) == {"users": 0}
    assert json.loads(records[1].after) == {"users": 2}
    assert set(json.loads(records[2].after)) == {"sent_at"}
