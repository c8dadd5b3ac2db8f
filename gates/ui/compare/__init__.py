"""The page that puts several cells on one input."""
