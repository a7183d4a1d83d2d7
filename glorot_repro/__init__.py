"""The laboratory of Glorot & Bengio (2010): how variance flows through a deep network."""

__version__ = "0.1.0"
