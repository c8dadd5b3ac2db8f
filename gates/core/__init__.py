"""What every cell stands on: arrays, activations, clamps, signals, and the base classes of traces."""
