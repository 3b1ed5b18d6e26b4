"""仲裁: cases that are contested, and how they are decided."""
