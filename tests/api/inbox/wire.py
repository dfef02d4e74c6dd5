"""What the tests of the inbox send, and what they expect."""

from tests.api.answers import refusal

COUNT = "/api/inbox/count"
LIST = "/api/inbox/message/list"
DETAIL = "/api/inbox/message/detail"
READ = "/api/inbox/message/read"
READ_ALL = "/api/inbox/message/read-all"
PATHS = [COUNT, LIST, DETAIL, READ, READ_ALL]
UNKNOWN_ID = "12345678-1234-4234-8234-123456789012"

FAILED = refusal(400, "INBOX_FAILED", "Unable to process inbox request.")
