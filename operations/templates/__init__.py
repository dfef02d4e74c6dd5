"""The templates that operations are made from, and the import of form templates.

Whether a template means what it says is asked in `template_checks`, which knows no rows.
"""
