"""What an agent has before him: what is about to lapse, his own steps, a calendar of both."""
