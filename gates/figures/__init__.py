"""Pure functions from a trace to a picture, and the one palette that every picture uses."""
