"""What the needs of many clients amount to: pure figures, and the reads that the database sums."""
