"""The written policy as pure code: facts in, a decision with its reasons out.

Nothing here imports Django, reads a clock or touches a database.
"""
