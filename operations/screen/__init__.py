"""What a phone shows of an operation: texts, attributes, amounts, screens. Pure.

Nothing of the sibling rooms belongs here but values: no rows, no decisions, no HTTP.
"""
