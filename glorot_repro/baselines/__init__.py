"""What the paper compares its networks with."""
