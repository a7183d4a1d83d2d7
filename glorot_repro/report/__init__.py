"""Figures, tables and claims, drawn from run directories only."""
