"""Which permissions mean something in the back office, and how people read them."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

_VERBS = {
    "view": _("can see"),
    "add": _("can add"),
    "change": _("can change"),
    "delete": _("can delete"),
}


def meaningful() -> set[str]:
    """List the permissions that some page asks for, such as `operations.view_operation`."""
    found = set()
    for model, model_admin in admin.site._registry.items():
        app, name = model._meta.app_label, model._meta.model_name
        verbs: tuple[str, ...] = getattr(model_admin, "permission_verbs", tuple(_VERBS))
        found |= {f"{app}.{verb}_{name}" for verb in verbs}
        found |= {f"{app}.{codename}" for codename, _title in model._meta.permissions}
    return found


def offered(*, held: QuerySet[Permission] | None = None) -> QuerySet[Permission]:
    """Select what a form offers: what means something, and what somebody has anyway.

    Saving the form would otherwise take away what it does not show.
    """
    either = Q()
    for app, codename in sorted(name.split(".") for name in meaningful()):
        either |= Q(content_type__app_label=app, codename=codename)
    if held is not None:
        either |= Q(pk__in=held.values("pk"))
    order = ("content_type__app_label", "content_type__model", "codename")
    return Permission.objects.filter(either).select_related("content_type").order_by(*order)


def title_of(permission: Permission) -> str:
    """Give what people read of a permission, such as "Activations: can see"."""
    model: Any = permission.content_type.model_class()
    if model is None:
        return permission.name
    verb = permission.codename.removesuffix(f"_{model._meta.model_name}")
    text = dict(model._meta.permissions).get(permission.codename) or _VERBS.get(verb)
    return f"{capfirst(str(model._meta.verbose_name_plural))}: {text or permission.name}"
