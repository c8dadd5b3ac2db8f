"""Runs of show: the states of a lecture, each a link of the app; two of them are ready."""
