"""The pages of the counter: desk and wall, a group, agents and their turns, rota, fairness."""
