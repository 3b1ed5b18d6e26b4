"""接待: who came, who received them, when it was written down."""
