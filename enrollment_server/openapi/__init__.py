"""The API for readers: OpenAPI documents of what is published, and a page that shows them.

What a view declares (who may call it, how its body is protected, what its refusals become) is read
from the view. So is what it reads and answers: requests from its serializer, answers from their
types, words and examples from its `endpoint`. No endpoint of an app is described here.
"""
