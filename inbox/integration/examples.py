"""Examples for the documents of these methods."""

from datetime import datetime

from inbox.integration.presentation import BackEndMessage, BackEndMessageDetail

READER = {"userId": "alice", "appId": "mobile-app"}
LETTER = {
    "userId": "alice",
    "type": "text",
    "subject": "Example subject",
    "summary": "Example summary",
    "body": "Example body",
    "applications": ["mobile-app"],
}
ITEM: BackEndMessage = {
    "id": "ae641389-d37a-4425-bd14-41c29484596f",
    "type": "text",
    "subject": "Example subject",
    "summary": "Example summary",
    "read": False,
    "timestampCreated": "2022-08-25T22:34:58.702+00:00",
}
DETAIL: BackEndMessageDetail = {
    **ITEM,
    "userId": "alice",
    "body": "Example body",
    "timestampRead": None,
    "applications": ["mobile-app"],
}
READ: BackEndMessageDetail = {
    **DETAIL,
    "read": True,
    "timestampRead": datetime.fromisoformat("2022-08-26T07:00:00.000+00:00"),
}
