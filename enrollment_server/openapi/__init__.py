"""The API for readers: OpenAPI documents of what is published, and a page that shows them.

What a view declares (who may call it, how its body is protected, what its refusals become) is read
from the view. What no view can say (texts, examples, results) stands in tables, one row a path:
`mobile` and `integration`.
"""
