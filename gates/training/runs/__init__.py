"""Runs of training on disk and as processes: their folder, the worker, and the pool of a server."""
