"""Requests of phones, signed before they are timed, by several processes at once.

Here are no rows and no settings: the processes start with nothing but what they are handed.
"""

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Self

from enrollment_server.bench.activating import PIN, Activated, activate, measured
from enrollment_server.bench.load import Measured, http_request
from powerauth.phone.generations.values import TemporaryKey
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_json_bytes
from powerauth.phone.state import PhoneState
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import ENCRYPTION_HEADER, SIGNATURE_HEADER, TOKEN_HEADER

USUAL_HEADERS = {"Content-Type": "application/json", "Accept-Language": "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one phone sends, in order."""

    phone: PhoneState
    path: str
    bodies: Sequence[bytes]
    resource_id: str = ""
    """Of what is signed with two factors; without one, the usual token goes along."""
    keys: Mapping[Scope, TemporaryKey] = field(default_factory=dict)
    """Temporary keys; where there are any, bodies travel under that of the activation."""

    @classmethod
    def repeated(cls, phone: PhoneState, path: str, body: bytes, times: int) -> Self:
        """Send the same body several times."""
        return cls(phone=phone, path=path, bodies=[body] * times)


def perform(job: Job) -> list[bytes]:
    """Write the requests of a job; the phone that was handed over stays as it is."""
    phone = Phone(job.phone.base_url, sdk_config=job.phone.sdk_config)
    phone.state = job.phone
    phone.temporary_keys.update(job.keys)
    proof = _signature_of(phone, job.resource_id) if job.resource_id else _token_of(phone)
    travelling = _sealed_by(phone) if job.keys else _plain
    url = job.phone.base_url + job.path
    written = []
    for clear in job.bodies:
        headers, body = travelling(clear)
        written.append(
            http_request("POST", url, {**USUAL_HEADERS, **headers, **proof(clear)}, body)
        )
    return written


def _token_of(phone: Phone) -> Callable[[bytes], dict[str, str]]:
    token = phone.usual_token()
    return lambda _: {TOKEN_HEADER: phone.token_header(token)}


def _signature_of(phone: Phone, resource_id: str) -> Callable[[bytes], dict[str, str]]:
    return lambda body: {SIGNATURE_HEADER: phone.sign("POST", resource_id, body, pin=PIN)}


def _plain(body: bytes) -> tuple[dict[str, str], bytes]:
    return {}, body


def _sealed_by(phone: Phone) -> Callable[[bytes], tuple[dict[str, str], bytes]]:
    header = {ENCRYPTION_HEADER: phone.encryption_header(Scope.ACTIVATION).format()}

    def sealed(body: bytes) -> tuple[dict[str, str], bytes]:
        request, _ = phone.seal(body, Encryptor.ACTIVATION_GENERIC)
        return header, to_json_bytes(request.to_json())

    return sealed


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

    def activate(self, phone: PhoneState, codes: Sequence[str], *, seconds: float) -> Measured:
        """Activate a phone by each code, as many phones at a time as there are processes.

        Args:
            phone: what all of them are before.
            seconds: how long activations begin.

        Raises:
            LoadFailed: the server refused one.
        """
        count = os.cpu_count() or 1
        shares = [list(codes[n::count]) for n in range(count)]
        done = self._pool.map(activate, [phone] * count, shares, [seconds] * count)
        return measured(list[Activated](done), offered=len(codes))
