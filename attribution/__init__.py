"""歸屬: who owns the client, until when, by which clause."""
