"""Reads of commissions, shaped for its screens: report, statement, deals, what a ruling moves."""
