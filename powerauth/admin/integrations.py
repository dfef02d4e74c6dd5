"""Credentials of the bank's back ends: integration-api.md 5.5."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.adding import AddingAdmin
from powerauth.admin.framework.pages import shown_page
from powerauth.admin.framework.unfolded import TextInput
from powerauth.engine.applications import integrations
from powerauth.models import Integration
from powerauth.models.application import ID_LENGTH


class IntegrationForm(forms.Form):
    """The name of a new integration."""

    name = forms.CharField(
        label=_("Name"),
        max_length=ID_LENGTH,
        widget=TextInput,
        help_text=_("Which back end it is for."),
    )


@admin.register(Integration)
class IntegrationAdmin(AddingAdmin[IntegrationForm]):
    """Who may call the integration API; a lost secret is replaced by a new integration."""

    permission_verbs = ("view", "add", "delete")
    add_form = IntegrationForm
    add_title = _("New integration")
    list_display = ["name", "client_token", "created_at"]
    search_help_text = _("Whole name or client token")
    exact_texts = ("name", "client_token")
    ordering = ("name",)
    fields = readonly_fields = (
        "name",
        "client_token",
        "created_at",
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def added(self, request: HttpRequest, form: IntegrationForm) -> HttpResponse:
        """Answer with the secret itself: a redirect would have to keep it somewhere."""
        made = integrations.create(form.cleaned_data["name"])
        self.log_addition(request, made.integration, str(_("Created.")))
        return shown_page(
            self,
            request,
            "backoffice/integration_secret.html",
            title=_("New integration"),
            integration=made.integration,
            client_secret=made.client_secret,
        )
