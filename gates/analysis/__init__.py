"""What runs say beyond their values: gradients back through time, who hears whom, and ensembles of runs."""
