"""What a phone shows of an operation: texts, attributes, amounts, screens. Pure.

Nothing of the sibling rooms belongs here but values: no rows, no decisions, no HTTP.

What is parsed or formatted is kept in bounded caches under the text that it was made of, so a
changed template counts at once; every answer is built anew, and nothing of a cache stands in it.
"""
