"""The forms of leads, one module for each noun."""
