"""The page that trains, and the networks that come of it."""
