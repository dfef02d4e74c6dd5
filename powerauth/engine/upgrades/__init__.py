"""How an activation of protocol 3 becomes one of protocol 4: protocol-4.md 27.3 and 30.

`offer` tells the phone that it may, `start` puts the keys of protocol 4 beside those that there
are, and the code that `confirmation` judges replaces the ones by the others. In between everything
of protocol 3 goes on, and nothing of protocol 4 is accepted but that code.
"""
