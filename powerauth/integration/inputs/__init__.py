"""What a call says: its members and query parameters as values, rules about them, complaints.

No method is here, and nothing knows the database: an `Input` of a method stands beside the method.
"""
