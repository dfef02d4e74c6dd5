"""Messages as the documents show them."""

from inbox.mobile.presentation import InboxMessage

MESSAGE: InboxMessage = {
    "id": "ae641389-d37a-4425-bd14-41c29484596f",
    "type": "text",
    "subject": "Example subject",
    "summary": "Example summary",
    "read": False,
    "timestampCreated": "2022-08-25T22:34:58+00:00",
}
BY_ID = {"id": MESSAGE["id"]}
