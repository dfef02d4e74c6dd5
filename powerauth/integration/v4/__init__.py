"""Methods below `/rest/v4`: those of `/rest/v3` in other words, and those that only it has.

A method that both trees have is one class; `words` says its names here, `tree` puts it there. What
differs by more than names, or is only here, has a module.
"""
