"""The table of every error: what it says is read from the classes and the codes of the engine."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from activation.mobile import errors as activation_errors
from enrollment_server.api import errors as api_errors
from enrollment_server.api import mobile as mobile_errors
from enrollment_server.api.errors import ApiError, BadRequest, MalformedRequest
from enrollment_server.web.refusals import STATUSES_OF_MALFORMED
from inbox import errors as inbox_errors
from inbox.integration import errors as message_errors
from operations import errors as operation_errors
from operations.mobile import template_list
from powerauth.error_guidance import guidance
from powerauth.errors import ErrorCode
from powerauth.integration import errors as integration_errors
from powerauth.integration import push_server_errors
from powerauth.integration.errors import (
    CallerRejected,
    CallOfAnotherSite,
    CallRefused,
    MalformedCall,
)
from powerauth.integration.push_server_errors import BusinessFailure
from powerauth.standard import errors as standard_errors
from powerauth.standard.v4 import errors as standard_errors_4
from push import errors as push_errors

COLUMNS = ("Code", "HTTP", "Message", "Cause", "What to do")
INTRODUCTION = (
    "A refusal is JSON, with an HTTP status that is never 2xx: "
    '`{"status": "ERROR", "responseObject": {"code": "...", "message": "..."}}`.',
    "Switch on the code, never on the message, which is technical and no text for users. Take a "
    "code that is not listed for a failure.",
)
_OF_THE_SERVER = (
    "What every path may answer with, also before an API is asked. A proxy in front, such as that "
    "of `deploy/nginx.conf`, answers 429 and 503 with `ERROR_GENERIC`, too: repeat the call later."
)
_BASES = (ApiError, BadRequest)  # nothing answers with one of these itself
_AS_IN_3 = (
    standard_errors.ActivationRefused,
    standard_errors.EncryptionRefused,
    standard_errors.TemporaryKeyRefused,
    standard_errors.UpgradeRefused,
    standard_errors.UserInfoRefused,
    standard_errors.VaultRefused,
)
_WORDS_OF_EACH_CASE: Mapping[type[ApiError], str] = {
    BusinessFailure: "(what is missing or cannot be)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One error.

    Args:
        of: what it was read from.
        statuses: HTTP statuses that it comes with, at least one.
        message: the text on the wire; in some cases a more exact one takes its place.
        cause: one sentence, with `code` in backticks.
        advice: what a client should do; likewise.
    """

    of: type[ApiError] | ErrorCode
    code: str
    statuses: tuple[int, ...]
    message: str
    cause: str
    advice: str

    def cells(self) -> tuple[str, ...]:
        """Give the texts of the columns, with `code` in backticks."""
        statuses = ", ".join(str(status) for status in self.statuses)
        return (f"`{self.code}`", statuses, self.message, self.cause, self.advice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The errors of one API.

    Args:
        heading: whose API it is.
        prefixes: of its paths.
        modules: where its errors are defined.
        also: errors of other APIs that it answers with.
        introduction: what is to be known of all of them.
    """

    heading: str
    prefixes: tuple[str, ...] = ()
    modules: tuple[ModuleType, ...]
    also: tuple[type[ApiError], ...] = ()
    introduction: str = ""

    def rows(self) -> list[Row]:
        """Give the errors by code; those with one code by status and message."""
        classes = [*self.also, *(one for module in self.modules for one in _defined_in(module))]
        found = [row for one in classes for row in _rows_of(one)]
        return sorted(found, key=lambda row: (row.code, row.statuses, row.message, row.cause))


SECTIONS = (
    Section(
        heading="Phones: Mobile Token API, below `/api`",
        prefixes=("/api/",),
        modules=(
            mobile_errors,
            operation_errors,
            push_errors,
            inbox_errors,
            activation_errors,
            template_list,
        ),
    ),
    Section(
        heading="Phones: standard PowerAuth API, below `/pa/v3`",
        prefixes=("/pa/v3/",),
        modules=(standard_errors,),
    ),
    Section(
        heading="Phones: standard PowerAuth API, below `/pa/v4`",
        prefixes=("/pa/v4/",),
        modules=(standard_errors_4,),
        also=_AS_IN_3,
    ),
    Section(
        heading="The bank's systems: integration API, below `/rest/v3` and `/rest/v4`",
        prefixes=("/rest/v3/", "/rest/v4/"),
        modules=(integration_errors,),
    ),
    Section(
        heading="The bank's systems: devices and messages, below `/push` and `/inbox`",
        prefixes=("/push/", "/inbox/"),
        modules=(push_server_errors, message_errors),
        also=(MalformedCall, CallerRejected, CallOfAnotherSite),
    ),
    Section(heading="Every API", modules=(api_errors,), introduction=_OF_THE_SERVER),
)


def markdown() -> str:
    """Give the whole table as the text of `docs/errors.md`."""
    return "\n".join(_lines(SECTIONS))


def _lines(sections: Iterable[Section]) -> Iterator[str]:
    yield "# Errors"
    yield ""
    yield "<!-- Written from the code by `manage.py error_table`; change the code instead. -->"
    yield ""
    for paragraph in INTRODUCTION:
        yield from (paragraph, "")
    for section in sections:
        yield from (f"## {section.heading}", "")
        if section.introduction:
            yield from (section.introduction, "")
        yield _line(COLUMNS)
        yield "|---" * len(COLUMNS) + "|"
        yield from (_line(row.cells()) for row in section.rows())
        yield ""


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _defined_in(module: ModuleType) -> Iterator[type[ApiError]]:
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, ApiError)
            and value not in _BASES
            and value.__module__ == module.__name__
        ):
            yield value


def _rows_of(error: type[ApiError]) -> Iterator[Row]:
    if error is CallRefused:
        # It carries every code of the engine but the one of a failure, which has a class.
        yield from (_row_of_engine(code) for code in ErrorCode if code is not ErrorCode.UNKNOWN)
        return
    statuses = {int(error.http_status)}
    if error is MalformedRequest:
        statuses |= {int(status) for status in STATUSES_OF_MALFORMED}
    yield Row(
        of=error,
        code=error.code,
        statuses=tuple(sorted(statuses)),
        message=_WORDS_OF_EACH_CASE.get(error, error.message),
        cause=(error.__doc__ or "").strip().split("\n", 1)[0],
        advice=error.advice,
    )


def _row_of_engine(code: ErrorCode) -> Row:
    cause, advice = guidance(code)
    return Row(
        of=code,
        code=code.value,
        statuses=(int(CallRefused.http_status),),
        message=code.message,
        cause=cause,
        advice=advice,
    )
