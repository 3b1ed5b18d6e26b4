"""The counter: who is on duty, who came, whose turn it is, and whether turns are spread evenly."""
