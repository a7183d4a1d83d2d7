"""Plain data to YAML text that our loader, and every other, reads back the same."""

from typing import Any

import yaml

from glorot_repro.config.scalars import read_plain


class _Dumper(yaml.SafeDumper):
    """Quotes every text that one of the YAML versions would read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_plain = isinstance(read_plain(text), str) and text.isprintable()
    style = None if is_plain else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def yaml_text(data: dict[str, Any]) -> str:
    """The YAML of nested dicts and lists of scalars, keys in their order, short lists in a line."""
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, default_flow_style=None, allow_unicode=True, width=96
    )
