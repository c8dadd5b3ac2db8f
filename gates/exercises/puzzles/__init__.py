"""Puzzles: weights to be found that make a cell do something, and gates to be told from what they do."""
