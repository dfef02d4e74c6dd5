"""Who logs in: browsers, passwords and apps for codes."""

import json
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP

from enrollment_server.staff.models import SecondFactor
from enrollment_server.staff.second_factor import codes as second_factor
from enrollment_server.staff.second_factor.codes import Draft
from powerauth.engine.storage import records
from powerauth.models import AuditRecord

LOGIN = "/admin/login/"
CODE = "/admin/login/code/"
SET_UP = "/admin/login/set-up/"
OWN = "/admin/second-factor/"
PASSWORD = "correct horse battery staple"
WRONG = "a wrong horse battery staple"


def browser(address: str = "192.0.2.1", **headers: str) -> Client:
    """Give a browser at an address."""
    return Client(SERVER_NAME="testserver", REMOTE_ADDR=address, headers=headers)


def person(name: str = "clerk", **columns: Any) -> User:
    """Make somebody of the staff with a password."""
    return User.objects.create_user(name, password=PASSWORD, **{"is_staff": True, **columns})


def type_password(client: Client, name: str = "clerk", password: str = PASSWORD) -> Any:
    """Do the first step."""
    return client.post(LOGIN, {"username": name, "password": password})


def with_app(user: User) -> list[str]:
    """Let somebody have an app for codes, set up a while ago; give the recovery codes."""
    draft, at = Draft.new(), timezone.now()
    earlier = at.timestamp() - 3600
    then = datetime.fromtimestamp(earlier, tz=at.tzinfo)
    codes = second_factor.set_up(user, draft, code_of(draft.secret, earlier), at=then)
    assert codes is not None
    return codes


def code_of(secret: bytes, moment: float | None = None) -> str:
    """Give the code that an app shows."""
    totp = TOTP(secret)
    if moment is not None:
        totp.time = moment
    return f"{totp.token():06d}"


def current_code(user: User, *, later_s: float = 0) -> str:
    """Give the code that the app of a user shows now, or later."""
    factor = SecondFactor.objects.get(user=user)
    secret = records.unseal(factor.secret, second_factor.PLACE(user.pk))
    return code_of(secret, timezone.now().timestamp() + later_s)


def is_in(client: Client) -> bool:
    """Tell whether a browser sees the back office."""
    return bool(client.get("/admin/").status_code == 200)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def audit() -> list[tuple[str, str, dict[str, Any]]]:
    """Give action, outcome and facts of every record, the oldest first."""
    rows = AuditRecord.objects.order_by("sequence")
    return [(row.action, row.outcome, json.loads(row.after)) for row in rows]
