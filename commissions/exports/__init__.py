"""Writes what the report shows as CSV or XLSX, row by row from the database."""

from leads.neutral import neutral

from .about import About
from .rows import BASES, COLUMNS, Cancelled, Progress, Sums
from .writers import write

__all__ = ["BASES", "COLUMNS", "About", "Cancelled", "Progress", "Sums", "neutral", "write"]
