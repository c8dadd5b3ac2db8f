"""The terms of the field, each with its symbols and its names elsewhere."""
