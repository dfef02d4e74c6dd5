"""What phones show of operations, with a preview while it is written: mobile-token-api.md 5."""

import json
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import translation

from operations.admin.preview import catalogue_of, preview
from operations.models import FormTemplate
from operations.screen.form_data import TemplateTexts
from powerauth.admin.framework.unfolded import Textarea, UnfoldAdmin

_JSON_MEMBERS = ("attributes", "ui", "result_texts")


class FormTemplateForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A form template; the model refuses JSON that no phone could be shown."""

    class Meta:
        model = FormTemplate
        fields: ClassVar[list[str]] = [
            "placeholder",
            "language",
            "title",
            "message",
            *_JSON_MEMBERS,
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "message": Textarea(attrs={"rows": 3}),
            **{
                name: Textarea(attrs={"rows": 10, "spellcheck": "false", "data-json": "true"})
                for name in _JSON_MEMBERS
            },
        }


@admin.register(FormTemplate)
class FormTemplateAdmin(UnfoldAdmin):
    """What phones show; the page shows how."""

    form = FormTemplateForm
    list_display = ["placeholder", "language", "title"]
    list_filter = ["language", "placeholder"]
    search_fields = ["placeholder", "language", "title", "message"]
    change_form_outer_after_template = "backoffice/form_template_preview.html"

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["backoffice/backoffice.css"]}
        js: ClassVar[list[str]] = ["backoffice/preview.js"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", view, name="operations_formtemplate_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Answer a piece of a page: how a phone would show what the form holds now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        values = request.POST
        texts = TemplateTexts(
            title=values.get("title", ""),
            message=values.get("message", ""),
            attributes=values.get("attributes"),
            ui=values.get("ui"),
            result_texts=values.get("result_texts"),
        )
        language = values.get("language") or settings.DEFAULT_LANGUAGE
        shown = preview(
            texts,
            language=language,
            parameters_json=values.get("preview_parameters", ""),
        )
        catalogue = catalogue_of(language)
        context = {
            "preview": shown,
            "language": catalogue,
            "parameters_json": json.dumps(dict(shown.parameters), ensure_ascii=False, indent=2),
        }
        # The buttons are those of the customer's phone, whoever writes the template.
        with translation.override(catalogue):
            return render(request, "backoffice/phone.html", context)
