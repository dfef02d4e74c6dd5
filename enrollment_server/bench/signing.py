"""Requests of phones, signed before they are timed, by several processes at once.

Here are no rows and no settings: the processes start with nothing but what they are handed.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Self

from enrollment_server.bench.load import http_request
from powerauth.phone.phone import Phone
from powerauth.phone.state import PhoneState
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, TOKEN_HEADER

PIN = "1234"
USUAL_HEADERS = {"Content-Type": "application/json", "Accept-Language": "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one phone sends, in order."""

    phone: PhoneState
    path: str
    bodies: Sequence[bytes]
    resource_id: str = ""
    """Of what is signed with two factors; without one, the usual token goes along."""

    @classmethod
    def repeated(cls, phone: PhoneState, path: str, body: bytes, times: int) -> Self:
        """Send the same body several times."""
        return cls(phone=phone, path=path, bodies=[body] * times)


def perform(job: Job) -> list[bytes]:
    """Write the requests of a job; the phone that was handed over stays as it is."""
    phone = Phone(job.phone.base_url, sdk_config=job.phone.sdk_config)
    phone.state = job.phone
    head = _signature_of(phone, job.resource_id) if job.resource_id else _token_of(phone)
    url = job.phone.base_url + job.path
    return [http_request("POST", url, {**USUAL_HEADERS, **head(body)}, body) for body in job.bodies]


def _token_of(phone: Phone) -> Callable[[bytes], dict[str, str]]:
    token = phone.usual_token()
    return lambda _: {TOKEN_HEADER: phone.token_header(token)}


def _signature_of(phone: Phone, resource_id: str) -> Callable[[bytes], dict[str, str]]:
    return lambda body: {SIGNATURE_HEADER: phone.sign("POST", resource_id, body, pin=PIN)}


class Signers:
    """The processes that sign."""

    def __init__(self) -> None:
        """Start as many as there are processors."""
        # Not by a fork: this process reads from servers in threads.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(os.cpu_count(), mp_context=context)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def perform(self, jobs: Sequence[Job]) -> list[list[bytes]]:
        """Write the requests of all jobs."""
        return list(self._pool.map(perform, jobs))
