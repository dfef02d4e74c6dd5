"""From code to schemas: requests by their serializers, answers by their types, a view by both.

What is derived here knows no document; how a document arranges it is said one room above.
"""
