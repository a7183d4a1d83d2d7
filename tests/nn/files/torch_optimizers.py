"""Makes torch_optimizers.json: what torch's optimizers do with given gradients, in float64.

python tests/nn/files/torch_optimizers.py       # needs torch; written with torch 2.13
"""

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np

torch: Any = importlib.import_module("torch")  # not installed where the tests run

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "momentum": ("SGD", {"momentum": 0.9}),
    "momentum_0.5": ("SGD", {"momentum": 0.5}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adam": ("Adam", {}),
    "adam_slow": ("Adam", {"betas": (0.8, 0.95), "eps": 1e-3}),
}
LEARNING_RATE = 0.03
N_UPDATES, N_PARAMETERS = 30, 4


def trajectory(
    name: str, options: dict[str, Any], start: np.ndarray, gradients: np.ndarray
) -> list[list[float]]:
    """Parameters after each update."""
    parameters = torch.nn.Parameter(torch.from_numpy(start.copy()))
    optimizer = getattr(torch.optim, name)([parameters], lr=LEARNING_RATE, **options)
    rows = []
    for gradient in gradients:
        parameters.grad = torch.from_numpy(gradient.copy())
        optimizer.step()
        rows.append(parameters.detach().tolist())
    return rows


def main() -> None:
    """Write the file beside this script."""
    generator = np.random.default_rng(4)
    start = generator.normal(size=N_PARAMETERS)
    gradients = generator.normal([0.5, 0, -1, 0], [1, 0.01, 10, 0], (N_UPDATES, N_PARAMETERS))
    contents = {
        "torch": torch.__version__,
        "learning_rate": LEARNING_RATE,
        "start": start.tolist(),
        "gradients": gradients.tolist(),
        "parameters": {
            case: trajectory(name, options, start, gradients)
            for case, (name, options) in CASES.items()
        },
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(contents, indent=1) + "\n")


if __name__ == "__main__":
    main()
