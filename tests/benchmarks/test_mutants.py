import pytest
from mutants import MUTANTS, ROOT, Mutant, mutated_file


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_fault_finds_its_one_place_in_the_source(mutant: Mutant) -> None:
    """One looked for code that had moved to another class, and so stopped the measurement."""
    path, text = mutated_file(ROOT / "glorot_repro", mutant)
    assert text != path.read_text()
