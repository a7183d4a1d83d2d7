import pytest

from glorot_repro.config.experiment import load_experiment
from glorot_repro.config.shipped import config_path
from glorot_repro.errors import ConfigError
from glorot_repro.report.figures import FIGURES
from glorot_repro.report.shown_networks import models_of, require_shown

SCALES = ("smoke", "quick", "medium", "paper")


def refuse(figure: str, *overrides: str) -> str:
    experiment = load_experiment(config_path(figure), overrides, scale="smoke")
    with pytest.raises(ConfigError) as caught:
        require_shown(figure, experiment, overrides)
    return str(caught.value)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("figure", FIGURES)
def test_all_networks_of_a_figure_are_shown(figure: str, scale: str) -> None:
    experiment = load_experiment(config_path(figure), ["seeds=[5]"], scale=scale)
    require_shown(figure, experiment, ["seeds=[5]"])


@pytest.mark.parametrize(
    ("figure", "override"),
    [
        ("fig01", "model.activation=relu"),
        ("fig02", "model.depth=4"),
        ("fig06", "model.activation=relu"),
        ("fig09", "model.depth=9"),
        ("fig11", "pretraining.updates=0"),
    ],
)
def test_panels_that_ask_for_less_show_other_networks(figure: str, override: str) -> None:
    experiment = load_experiment(config_path(figure), [override], scale="smoke")
    require_shown(figure, experiment, [override])


def test_one_network_that_is_not_shown_is_refused() -> None:
    """It would be trained for nothing, though the others are drawn."""
    message = refuse("fig06", "grid.model.initializer=[standard, he_normal]")
    assert message.startswith("fig06: grid.model.initializer=[standard, he_normal] makes networks")
    assert all(model.title in message for model in models_of("fig06"))


def test_a_figure_of_few_data_sets_names_them() -> None:
    assert "Tanh N on mnist" in refuse("fig12", "dataset=shapeset")
