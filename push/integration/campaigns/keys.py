"""How a path names a campaign: by the number that `create` gave, as text."""

NOBODYS = 0  # no row has this key


class CampaignKey:
    """A segment of a path; what is no number is no campaign's."""

    regex = "[^/]+"

    def to_python(self, value: str) -> int:
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else NOBODYS

    def to_url(self, value: int) -> str:
        return str(value)
