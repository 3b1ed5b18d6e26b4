"""Somebody leaves (leasing/1.11): who his clients are, a fair share for each, and one signature."""
