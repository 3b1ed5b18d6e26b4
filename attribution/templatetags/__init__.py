"""What attribution lends to pages: tags and filters."""
