"""The gate test: fourteen items in two parallel forms, whose numbers the engine computes."""
