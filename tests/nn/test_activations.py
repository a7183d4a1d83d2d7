"""Activation functions against closed forms and central differences."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from closed_forms import FUNCTIONS, SLOPES

from glorot_repro.nn.activations import ACTIVATIONS, activation_named


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_slope_are_the_closed_forms(name: str) -> None:
    s = np.linspace(-6, 6, 49).reshape(7, 7) + 1e-9  # a step at a kink is a matter of taste
    if name not in FUNCTIONS:
        pytest.fail(f"state the closed form of {name} in closed_forms.py")
    activation = ACTIVATIONS[name]
    np.testing.assert_allclose(activation(s), FUNCTIONS[name](s), rtol=1e-14, atol=1e-300)
    np.testing.assert_allclose(activation.derivative(s), SLOPES[name](s), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_float32_is_float64_rounded(name: str) -> None:
    s = np.linspace(-20, 20, 4002).reshape(3, -1) + 1e-4
    activation = ACTIVATIONS[name]
    narrow = s.astype(np.float32)
    z, slope = activation(narrow), activation.derivative(narrow)
    wide = narrow.astype(np.float64)
    # A few roundings of 6e-8 of numbers up to |s| or 1.
    np.testing.assert_allclose(z, activation(wide), rtol=4e-7, atol=4e-7)
    np.testing.assert_allclose(slope, activation.derivative(wide), atol=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_is_the_central_difference(name: str) -> None:
    s = np.linspace(-3.53, 3.57, 50).reshape(2, 25)  # no point at a kink
    step = 1e-5
    activation = ACTIVATIONS[name]
    expected = (activation(s + step) - activation(s - step)) / (2 * step)
    np.testing.assert_allclose(activation.derivative(s), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_far_values_are_finite_and_keep_the_dtype(name: str, dtype: str) -> None:
    # Half the greatest: selu multiplies by 1.05. A square of it would overflow, with a warning.
    most = float(np.finfo(dtype).max) / 2
    s = np.array([[-most, -1000.0, -80.0, -0.0, 0.0, 80.0, 1000.0, most]], dtype=dtype)
    activation = ACTIVATIONS[name]
    z = activation(s)
    slope = activation.derivative(s, z)
    assert z.dtype == slope.dtype == dtype
    assert np.isfinite(z).all()
    assert np.isfinite(slope).all()
    low, high = activation.asymptotes
    assert low is None or (z >= low).all()
    assert high is None or (z <= high).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_far_slopes_have_settled(name: str) -> None:
    """gelu's has a term s exp(-s^2 / 2), and a square that is cut off somewhere."""
    near, far = (
        ACTIVATIONS[name].derivative(np.array([[-size, size]])) for size in (1000.0, 1e300)
    )
    np.testing.assert_allclose(far, near, atol=2e-6)  # softsign's is 1e-6 at 1000


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_small_values_keep_their_relative_precision(name: str) -> None:
    """elu by exp(s) - 1 in place of expm1 is 5 % off at -1e-6, and 100 % at -1e-8."""
    size = np.logspace(-12, -1, 23)
    s = np.stack([-size, size]).astype(np.float32)
    expected = FUNCTIONS[name](s.astype(np.float64))
    # A few roundings of 6e-8; gelu's function takes three.
    np.testing.assert_allclose(ACTIVATIONS[name](s), expected, rtol=4e-7, atol=0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [n for n, a in ACTIVATIONS.items() if not a.needs_pre_activation])
def test_no_slope_of_a_function_that_never_falls_is_negative(name: str, dtype: str) -> None:
    """Also where the function nears a limit, and rounding decides; gelu and silu do fall."""
    s = np.linspace(-60, 60, 4001).astype(dtype)[None]
    assert (ACTIVATIONS[name].derivative(s) >= 0).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_asymptotes_are_the_ends_of_the_range_where_it_has_some(name: str) -> None:
    """Saturation is counted from them: gelu comes back to 0 from below, so 0 is no end of its."""
    z = ACTIVATIONS[name](np.array([-1e9, *np.linspace(-40, 40, 8001), 1e9]))
    low = pytest.approx(z[0], abs=1e-8) if z[0] == z.min() > -100 else None
    high = pytest.approx(z[-1], abs=1e-8) if z[-1] == z.max() < 100 else None
    assert ACTIVATIONS[name].asymptotes == (low, high)


@pytest.mark.parametrize("name", [n for n, a in ACTIVATIONS.items() if not a.needs_pre_activation])
def test_derivative_from_output_does_not_read_the_pre_activation(name: str) -> None:
    s = np.linspace(-2, 2, 9).reshape(3, 3)
    activation = ACTIVATIONS[name]
    z = activation(s)
    from_output = activation.derivative(np.full_like(s, np.nan), z)
    np.testing.assert_array_equal(from_output, activation.derivative(s, z))


def test_softsign_nears_its_limit_like_one_over_x_and_tanh_exponentially() -> None:
    """Claim act-softsign of the paper, section 2.3."""
    for x in (5.0, 10.0, 20.0):
        s = np.array([[x]])
        assert 1 - activation_named("softsign")(s)[0, 0] == pytest.approx(1 / (1 + x), abs=1e-12)
    gap = 1 - activation_named("tanh")(np.array([[5.0]]))[0, 0]
    assert gap == pytest.approx(2 * math.exp(-10), rel=1e-3)
    assert gap < (1 / 6) / 1000


@pytest.fixture
def own_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "own_activations.py"
    path.write_text(
        "import numpy as np\n"
        "def sine(s): return np.sin(s)\n"
        "def first_row(s): return s[0]\n"
        "def nothing(s): return s / 0 if False else s * np.nan\n"
        "number = 3\n"
        "def in_place(s):\n    s[s < 0] = 0\n    return s\n"
        "def centered(s): return s - s.mean()\n"
        "def of_rows(s): return s * np.ones(s.shape[1])\n"
        "def half(s): return np.tanh(s).astype(np.float16)\n"
        "def single(s): return np.tanh(s.astype(np.float32))\n"
        "def step(s): return s > 0\n"
        "def square(s): return s * abs(s)\n"
        "def inside(s): return np.where(abs(s) <= 4, s, np.nan)\n"
        "from glorot_repro.nn.activations import Activation\n"
        "def slope(s, z, out): np.copyto(out, 1 - z * z)\n"
        "bounded = Activation('bounded', np.tanh, slope, (-1.0, 1.0))\n"
        "def tanh_of_single(s, out): np.tanh(s, out=out, dtype=np.float32, casting='no')\n"
        "single_only = Activation('single', tanh_of_single, slope)\n"
        "blind = Activation('blind', np.sin, lambda s, z, out: np.cos(s, out=out))\n"
        "arrays = {}\n"
        "def reusing(s):\n"
        "    return np.sin(s, out=arrays.setdefault((s.shape, s.dtype), np.empty_like(s)))\n"
    )
    sys.modules.pop("own_activations", None)
    activation_named.cache_clear()
    return path


@pytest.mark.usefixtures("own_module")
def test_own_function_is_differentiated_numerically() -> None:
    activation = activation_named("own_activations:sine")
    s = np.linspace(-5, 5, 24).reshape(4, 6)
    np.testing.assert_allclose(activation(s), np.sin(s))
    np.testing.assert_allclose(activation.derivative(s), np.cos(s), atol=1e-9)
    assert activation.derivative(s.astype(np.float32)).dtype == np.float32


@pytest.mark.usefixtures("own_module")
def test_own_function_of_float32_is_differentiated_in_float64() -> None:
    """Differences of float32 values at that step are 1 % off."""
    activation = activation_named("own_activations:sine")
    s = np.linspace(-5, 5, 24, dtype=np.float32).reshape(4, 6)
    expected = np.cos(s.astype(np.float64))
    np.testing.assert_allclose(activation.derivative(s), expected, atol=1e-7)


@pytest.mark.usefixtures("own_module")
def test_own_function_is_differentiated_far_from_zero_too() -> None:
    """A step that does not grow with s drowns in rounding: 1e-5 at 1e6, and all at 1e12."""
    s = np.array([[-1e12, -1e6, -30.0, 30.0, 1e6, 1e12]])
    slope = activation_named("own_activations:square").derivative(s)
    np.testing.assert_allclose(slope, 2 * abs(s), rtol=1e-9)


@pytest.mark.usefixtures("own_module")
def test_own_function_says_that_its_derivative_reads_the_pre_activation() -> None:
    """Updates that put weights off keep no pre-activation otherwise."""
    activation = activation_named("own_activations:sine")
    assert activation.needs_pre_activation
    s = np.linspace(-5, 5, 24).reshape(4, 6)
    slope = activation.derivative(s, np.full_like(s, np.nan))
    np.testing.assert_allclose(slope, np.cos(s), atol=1e-9)


@pytest.mark.usefixtures("own_module")
def test_own_activation_keeps_its_derivative_and_its_limits() -> None:
    activation = activation_named("own_activations:bounded")
    assert activation.asymptotes == (-1.0, 1.0)
    s, z = np.zeros((1, 2)), np.array([[0.5, -0.8]])
    np.testing.assert_allclose(activation.derivative(s, z), [[0.75, 0.36]])


@pytest.mark.usefixtures("own_module")
def test_own_function_may_return_the_same_array_each_time() -> None:
    """Both ends of the difference were then one array: the slope was zero, and all layers dead."""
    s = np.linspace(-5, 5, 24).reshape(4, 6)
    slope = activation_named("own_activations:reusing").derivative(s)
    np.testing.assert_allclose(slope, np.cos(s), atol=1e-9)


@pytest.mark.usefixtures("own_module")
def test_own_step_has_values_and_no_slope() -> None:
    """Differences of booleans are a TypeError of numpy, which was told as the function's."""
    activation = activation_named("own_activations:step")
    s = np.array([[-2.0, -0.5, 0.5, 2.0]])
    assert activation(s).tolist() == [[0, 0, 1, 1]]
    assert activation.derivative(s).tolist() == [[0, 0, 0, 0]]


@pytest.mark.usefixtures("own_module")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tanhh", "did you mean 'tanh'"),
        ("no_such_module:f", "does not import"),
        ("own_activations:cosine", "has no 'cosine'"),
        ("own_activations:first_row", "turned shape"),
        ("own_activations:nothing", "not finite"),
        ("own_activations:inside", "not finite"),  # its slope at 4
        ("own_activations:single_only", r"failed on a \(2, 3\) float64 array"),
        ("own_activations:number", "is a int"),
        ("own_activations:in_place", "changes its argument"),  # its slopes were those at f(s)
        ("own_activations:centered", "is not elementwise"),
        ("own_activations:blind", "reads s, which is not kept for it"),
        ("own_activations:of_rows", r"failed on a \(4,\) float32 array"),
        # Slopes were differences of rounded numbers: 1.36 in the mean where tanh has 0.57.
        ("own_activations:half", "turned float32 into float16; let it keep the type"),
        ("own_activations:single", "turned float64 into float32; let it keep the type"),
        ("own_activations:", "should read module:object"),
    ],
)
def test_wrong_names_and_objects_say_what_is_wrong(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        activation_named(name)
