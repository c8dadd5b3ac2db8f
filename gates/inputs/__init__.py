"""Sequences that go into a cell: parsed from what a person typed, generated, or read from a file."""
