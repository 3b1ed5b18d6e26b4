"""The pages of needs: on a client, as work that is due, and the list of items."""
