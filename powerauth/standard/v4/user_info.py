"""`/pa/v4/user/info`: claims about the user. Source: protocol-4.md 29."""

from enrollment_server.api.contract.endpoint import Empty, Endpoint
from powerauth.standard import user_info
from powerauth.standard.errors import UserInfoRefused
from powerauth.standard.user_info import Claims
from powerauth.standard.v4.views import GROUP, View4


class UserInfoView(View4, user_info.UserInfoView):
    """Who can encrypt for an activation holds its possession factor; that suffices here."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Read claims about the user",
        description="An activation that can encrypt may ask; the answer has no envelope inside.",
        body=Empty,
        result=Claims,
        result_example={"sub": "alice"},
    )
    invalid_request = UserInfoRefused
