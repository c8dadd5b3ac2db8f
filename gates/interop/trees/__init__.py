"""Trees of arrays as Flax, Equinox and d2l have them."""
