"""The two kinds of texts, each with catalogues of its own.

What the code says is looked up in its catalogues and in those of Django and the admin. What a bank
writes for its phones must never be: an everyday word there means something else.
"""

CODE = "django"  # Django knows no other name
FORM_TEXTS = "form_texts"
