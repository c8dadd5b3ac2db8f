"""A cell as the lab edits it: its state, how a link carries it, and code that reproduces it."""
