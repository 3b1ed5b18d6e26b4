"""Reads of the detectors: rows for them to look at, suspicions for people to read."""
