"""Training: the loop, its updates and its checkpoints."""
