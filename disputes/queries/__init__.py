"""Reads of disputes, shaped for its screens: the queue, one case, what could follow."""
