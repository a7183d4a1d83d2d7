"""The network: activations, initializers, parameters, forward and backward."""
