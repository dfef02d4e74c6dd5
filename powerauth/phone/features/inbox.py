"""The inbox: what the bank wrote to the user."""

from typing import Any

from powerauth.phone.errors import UntrustworthyAnswer
from powerauth.phone.features.tokens import TokenPhone
from powerauth.phone.requests.answers import as_list, as_object, plain_payload, require_echo
from powerauth.phone.requests.transport import Answer

BASE_PATH = "/api/inbox"
PAGE_SIZE = 100  # messages that apps ask for at once

Message = dict[str, Any]
"""A message as the server describes it. Source: mobile-token-api.md 10.2, 10.3."""


class InboxPhone(TokenPhone):
    """A phone whose user reads messages."""

    def unread_count(self) -> int:
        """Count the unread messages.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer has another form.

        Source: mobile-token-api.md 10.1.
        """
        payload = as_object(plain_payload(self.token_post(f"{BASE_PATH}/count", {})))
        count = payload.get("countUnread")
        if not isinstance(count, int):
            raise UntrustworthyAnswer("countUnread is absent or no number")
        return count

    def messages(
        self, *, page: int = 0, size: int = PAGE_SIZE, only_unread: bool = False
    ) -> list[Message]:
        """List one page of messages, newest first; they have no bodies.

        Raises: see `unread_count`.

        Source: mobile-token-api.md 10.2.
        """
        asked = {"page": page, "size": size, "onlyUnread": only_unread}
        return as_list(plain_payload(self.token_post(f"{BASE_PATH}/message/list", asked)))

    def all_messages(self, *, only_unread: bool = False) -> list[Message]:
        """List all messages: page by page, until one is shorter than asked for, as apps do.

        Raises: see `unread_count`.
        """
        messages: list[Message] = []
        page = 0
        while True:
            part = self.messages(page=page, only_unread=only_unread)
            messages += part
            if len(part) < PAGE_SIZE:
                return messages
            page += 1

    def message(self, message_id: str) -> Message:
        """Fetch one message with its body; it does not become read by that.

        Raises: see `unread_count`; UntrustworthyAnswer also if it is another message.

        Source: mobile-token-api.md 10.3.
        """
        answer = self.token_post(f"{BASE_PATH}/message/detail", {"id": message_id})
        payload = as_object(plain_payload(answer))
        require_echo(payload, "id", message_id)
        return payload

    def read_message(self, message_id: str) -> Answer:
        """Mark a message as read; does not raise when the server refuses.

        Source: mobile-token-api.md 10.4.
        """
        return self.token_post(f"{BASE_PATH}/message/read", {"id": message_id})

    def read_all_messages(self) -> Answer:
        """Mark all messages as read; does not raise when the server refuses.

        Source: mobile-token-api.md 10.5.
        """
        return self.token_post(f"{BASE_PATH}/message/read-all", {})
