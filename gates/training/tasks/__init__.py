"""What a network can learn here: one module a family of tasks, and the registry of all."""
