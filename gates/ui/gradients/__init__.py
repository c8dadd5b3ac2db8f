"""The page that follows a loss back through time."""
