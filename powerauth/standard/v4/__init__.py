"""The standard PowerAuth API below `/pa/v4/`, for phones of protocol 4.0: protocol-4.md 16.3.

What is as below `/pa/v3/` is the view of there, with the header, the words and the errors of here.
"""
