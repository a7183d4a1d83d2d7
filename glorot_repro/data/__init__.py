"""Images and labels: Shapeset and the finite data sets."""
