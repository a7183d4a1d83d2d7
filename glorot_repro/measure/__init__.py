"""What is measured in a network, and what theory predicts for it."""
