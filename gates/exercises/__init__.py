"""Exercises: a cell with its weights as printed, what it reads, what is asked; solved, printed, marked."""
