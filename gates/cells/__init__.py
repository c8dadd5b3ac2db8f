"""The cells, one file each, and what they share: the base class, fast paths and the backward pass."""
