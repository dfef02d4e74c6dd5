"""Paths of the integration API below `rest/v3/`: integration-api.md 3."""

from django.urls import path

from powerauth.integration import activation_reads, activations, applications, flags, system

urlpatterns = [
    path("status", system.StatusView.as_view()),
    path("application/list", applications.ListView.as_view()),
    path("application/detail", applications.DetailView.as_view()),
    path("application/create", applications.CreateView.as_view()),
    path("application/version/create", applications.CreateVersionView.as_view()),
    path("application/version/support", applications.SupportVersionView.as_view()),
    path("application/version/unsupport", applications.UnsupportVersionView.as_view()),
    path("activation/init", activations.InitView.as_view()),
    path("activation/commit", activations.CommitView.as_view()),
    path("activation/otp/update", activations.UpdateOtpView.as_view()),
    path("activation/remove", activations.RemoveView.as_view()),
    path("activation/block", activations.BlockView.as_view()),
    path("activation/unblock", activations.UnblockView.as_view()),
    path("activation/status", activation_reads.StatusView.as_view()),
    path("activation/list", activation_reads.ListView.as_view()),
    path("activation/history", activation_reads.HistoryView.as_view()),
    path("activation/flags/list", flags.ListView.as_view()),
    path("activation/flags/create", flags.CreateView.as_view()),
    path("activation/flags/update", flags.UpdateView.as_view()),
    path("activation/flags/remove", flags.RemoveView.as_view()),
]
