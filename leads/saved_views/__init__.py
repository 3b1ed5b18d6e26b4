"""Views of lists kept under a name: a view is an address, and gives nobody a right by itself."""
