"""The API for readers: OpenAPI documents of what is published, the table of errors, their pages.

Here is what all endpoints have in common: documents, security schemes, envelopes, refusals. What a
view declares (who may call it, how its body is protected) is read from the view; what it reads and
answers, from its serializer, the types of its answers, and its `endpoint`: see `derivation`. No
endpoint of an app is described here.
"""
