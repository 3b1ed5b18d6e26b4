"""Steps under the lock: open cases, lead them through the procedure, tell those concerned."""
