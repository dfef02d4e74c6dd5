"""The back office of operations, their templates, and what phones show of them."""

from operations.admin import form_templates, operation, operation_templates

__all__ = ["form_templates", "operation", "operation_templates"]
