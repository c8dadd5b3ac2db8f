"""The page on which a cell is edited, and the way into it."""
