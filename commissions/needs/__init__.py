"""What needs and purchases amount to: charts over leads and over deals, and their files."""
