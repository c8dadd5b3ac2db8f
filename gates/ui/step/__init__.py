"""The pages that step through one cell."""
