"""What people type about needs, and about what a client means to buy."""
