"""Who may read the metrics, and what they say."""

from pathlib import Path

import pytest
import requests
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from pytest_django.fixtures import Settings

from enrollment_server import VERSION
from enrollment_server.serving.metrics import FolderOfMetrics
from tests import wsgi

pytestmark = pytest.mark.django_db

URL = f"{wsgi.BASE_URL}/metrics"


def status(peer: str, url: str = URL, **headers: str) -> int:
    """Ask for the metrics from an address; everybody who may not gets the answer of no path."""
    response = wsgi.session(peer).get(
        url, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    if response.status_code != 200:
        assert response.json()["responseObject"]["code"] == "ERROR_NOT_FOUND"
        assert "http_request" not in response.text
    assert int(response.headers["Content-Length"]) == len(response.content)
    return response.status_code


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_read_by_default(peer: str) -> None:
    assert status(peer) == 200
    assert status(peer, Host="10.1.2.3:8000") == 200


@pytest.mark.parametrize("peer", ["10.0.0.1", "203.0.113.9", "2001:db8::1", "::ffff:10.0.0.1", ""])
def test_others_may_not_by_default(peer: str) -> None:
    assert status(peer) == 404


def test_the_setting_names_who_may(settings: Settings) -> None:
    settings.METRICS_ALLOWED = ["10.0.0.0/24", "2001:db8::1"]
    assert [status(peer) for peer in ("10.0.0.7", "2001:db8::1")] == [200, 200]
    assert [status(peer) for peer in ("10.0.1.7", "127.0.0.1")] == [404, 404]
    settings.METRICS_ALLOWED = []
    assert status("127.0.0.1") == 404


@pytest.mark.parametrize(
    "name", ["X_Forwarded_For", "X_Forwarded_Host", "X_Real_IP", "Forwarded", "Via"]
)
def test_what_a_proxy_passes_on_is_refused_and_a_header_gives_no_right(
    settings: Settings, name: str
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1", "203.0.113.9"]
    assert status("127.0.0.1", **{name: "127.0.0.1"}) == 404
    assert status("203.0.113.9", **{name: "127.0.0.1"}) == 404


def test_nothing_is_below_the_context_path() -> None:
    assert status("127.0.0.1", f"{wsgi.BASE_URL}/enrollment-server/metrics") == 404


def test_the_version_is_told(http: requests.Session) -> None:
    assert f'enrollment_server_build{{version="{VERSION}"}} 1.0' in http.get(URL).text


def test_a_process_that_just_begins_costs_no_figures(tmp_path: Path) -> None:
    """Its file is there before anything is in it."""
    running = MmapedDict(str(tmp_path / "counter_1.db"))  # type: ignore[no-untyped-call]
    key = mmap_key("done", "done_total", ["job"], ["callbacks"], "Jobs")
    running.write_value(key, 3.0, 0.0)  # type: ignore[no-untyped-call]
    running.close()  # type: ignore[no-untyped-call]
    (tmp_path / "counter_2.db").touch()
    (metric,) = FolderOfMetrics(str(tmp_path)).collect()
    assert [sample.value for sample in metric.samples] == [3.0]
