"""What two results folders have in common when the same runs were trained into them."""

import json
from pathlib import Path


def files(results: Path) -> dict[str, bytes]:
    """The results of all runs: name to bytes of what must not depend on how it was computed."""
    found = {
        str(path.relative_to(results)): path.read_bytes()
        for name in ("curves.csv", "histograms.npz", "test_correct.npz", "config.yaml")
        for path in results.rglob(name)
    }
    for path in results.rglob("run.json"):
        digest = json.loads(path.read_text())["parameters_sha256"]
        found[str(path.relative_to(results))] = digest.encode()
    return found
