"""From a YAML file to the resolved configurations of its runs."""
