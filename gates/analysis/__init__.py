"""What runs say beyond their values: gradients back through time, influences of inputs, ensembles."""
