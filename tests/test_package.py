"""The package as a program imports it."""

import subprocess
import sys

import glorot_repro


def test_importing_the_package_loads_nothing_else() -> None:
    program = (
        "import sys; before = set(sys.modules)\n"
        "import glorot_repro\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "assert not new & {'numpy', 'matplotlib', 'pydantic', 'yaml', 'typer'}, new\n"
        "assert [n for n in sys.modules if n.startswith('glorot_repro')] == ['glorot_repro']\n"
        "assert 'run' in dir(glorot_repro)\n"
        "glorot_repro.load_run\n"
        "assert 'matplotlib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_all_names_are_there() -> None:
    for name in glorot_repro.__all__:
        assert getattr(glorot_repro, name).__module__.startswith("glorot_repro.")
    assert not hasattr(glorot_repro, "no_such_thing")
