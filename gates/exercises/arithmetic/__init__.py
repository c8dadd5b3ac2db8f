"""The arithmetic of a solution, a line for each number: what stands in it, in letters and in numbers."""
