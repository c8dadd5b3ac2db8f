"""Cells to step through, hand-made and trained, each with the sequence it opens on."""
