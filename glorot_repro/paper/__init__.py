"""The paper's digitized curves and claims, as data files."""
