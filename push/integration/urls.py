"""Paths for back ends below `push/`: push-and-inbox.md 3, 4, 8 and 9.

Those of section 9 stand below `admin/app/` on a Push Server; here, `admin/` is the back office.
"""

from django.urls import path, register_converter

from push.integration import views
from push.integration.campaigns import list_views
from push.integration.campaigns import views as campaigns
from push.integration.campaigns.keys import CampaignKey
from push.integration.credentials import providers
from push.integration.credentials import views as credentials
from push.integration.messages import views as messages

register_converter(CampaignKey, "campaign")

urlpatterns = [
    path("device/create", views.CreateView.as_view()),
    path("device/create/multi", views.CreateMultiView.as_view()),
    path("device/delete", views.DeleteView.as_view()),
    path("device/status/update", views.UpdateStatusView.as_view()),
    path("service/status", views.ServiceStatusView.as_view()),
    path("message/send", messages.SendView.as_view()),
    path("message/batch/send", messages.SendBatchView.as_view()),
    path("campaign/create", campaigns.CreateView.as_view()),
    path("campaign/list", campaigns.ListView.as_view()),
    path("campaign/<campaign:campaign_id>/detail", campaigns.DetailView.as_view()),
    path("campaign/<campaign:campaign_id>/delete", campaigns.DeleteView.as_view()),
    path("campaign/<campaign:campaign_id>/user/list", list_views.UserListView.as_view()),
    path("campaign/<campaign:campaign_id>/user/add", list_views.AddUsersView.as_view()),
    path("campaign/<campaign:campaign_id>/user/delete", list_views.DeleteUsersView.as_view()),
    path("campaign/send/test/<campaign:campaign_id>", campaigns.SendTestView.as_view()),
    path("campaign/send/live/<campaign:campaign_id>", campaigns.SendLiveView.as_view()),
    path("admin/app/list", credentials.ListView.as_view()),
    path("admin/app/unconfigured/list", credentials.UnconfiguredListView.as_view()),
    path("admin/app/detail", credentials.DetailView.as_view()),
    path("admin/app/create", credentials.CreateView.as_view()),
    path("admin/app/apns", providers.ApnsView.as_view()),
    path("admin/app/fcm", providers.FcmView.as_view()),
    path("admin/app/hms", providers.HmsView.as_view()),
    # The names of before.
    path("admin/app/ios/update", providers.FormerApnsView.as_view()),
    path("admin/app/ios/remove", providers.FormerRemoveApnsView.as_view()),
    path("admin/app/android/update", providers.FormerFcmView.as_view()),
    path("admin/app/android/remove", providers.FormerRemoveFcmView.as_view()),
    path("admin/app/huawei/update", providers.FormerHmsView.as_view()),
    path("admin/app/huawei/remove", providers.FormerRemoveHmsView.as_view()),
]
