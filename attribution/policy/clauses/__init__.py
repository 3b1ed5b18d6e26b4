"""The table of contents of the policy: one clause, one file."""
