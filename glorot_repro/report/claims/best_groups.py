"""Claims about the bold print of Table 1: which models of a column differ from its best."""

from glorot_repro.report.claims.evidence import Evidence, Finding, MissingRuns, Need
from glorot_repro.report.claims.models import BUDGET, COLUMNS, FIVE, SETTLED, on_dataset
from glorot_repro.report.printed_table import printed_table
from glorot_repro.report.table1 import Pair, Table1, table1
from glorot_repro.runs.seed_sets import updates_done

EVALUATION = "best"
"""The evaluation of lowest validation error: the printed errors match the lowest of the curves."""

UNEQUAL = "the answers at hand are those of runs of unequal lengths"
NO_ANSWERS = "the runs at hand have not kept which test examples they classify correctly"


def significance(evidence: Evidence) -> Finding:
    """p of each bold model against each plain one, by McNemar's test and by two proportions."""
    tables, waiting = _tables(evidence, COLUMNS)
    rows: list[tuple[str, str, str, float, float]] = []
    is_possible = True
    for dataset, table in tables.items():
        for bold, plain, pair in _bold_against_plain(table, dataset):
            if pair.paired is None:
                raise MissingRuns(reason=NO_ANSWERS)
            is_possible &= pair.paired < printed_table().level and pair.better == bold
            rows.append((dataset, bold, plain, pair.paired, pair.unpaired))
    if is_possible:
        evidence.wait_for(waiting)
    worst = max(rows, key=lambda row: row[3])
    n_alike = sum(row[3] >= printed_table().level for row in rows)
    return Finding(
        is_possible,
        {"pairs": [dict(zip(_KEYS, row, strict=True)) for row in rows]},
        f"{n_alike} of {len(rows)} pairs of a bold and a plain model do not differ at p = "
        f"{printed_table().level:g}; the largest p is {worst[3]:.2g} (McNemar; two proportions "
        f"{worst[4]:.2g}), {worst[1]} against {worst[2]} on {worst[0]}",
        _when(list(tables)),
    )


def bold_sets(evidence: Evidence) -> Finding:
    """The best model of a column and those that McNemar's test does not tell from it."""
    tables, waiting = _tables(evidence, ("shapeset", "mnist", "cifar10"))
    found = {name: table.best_group(name, EVALUATION, "paired") for name, table in tables.items()}
    if not all(found.values()):
        raise MissingRuns(reason=NO_ANSWERS)
    is_possible = all(
        {"Softsign N", "Tanh N"} <= group and "Sigmoid" not in group
        if name == "cifar10"
        else group == printed_table().bold[name]
        for name, group in found.items()
    )
    if is_possible:
        evidence.wait_for(waiting)
    told = "; ".join(f"{name}: {', '.join(sorted(group))}" for name, group in found.items())
    return Finding(
        is_possible,
        {name: sorted(group) for name, group in found.items()},
        f"not told from the best at p = {printed_table().level:g}: {told}",
        _when(list(tables)),
    )


_KEYS = ("dataset", "bold", "plain", "mcnemar_p", "two_proportions_p")


def _tables(evidence: Evidence, datasets: tuple[str, ...]) -> tuple[dict[str, Table1], list[Need]]:
    """The table of each data set whose models have all run long enough, and what is missing."""
    tables: dict[str, Table1] = {}
    waiting: list[Need] = []
    for dataset in datasets:
        updates = BUDGET if dataset == "shapeset" else SETTLED
        try:
            groups = evidence.runs(*((on_dataset(model, dataset), updates) for model in FIVE))
        except MissingRuns as missing:
            waiting += missing.needs
            continue
        for group in groups:
            group.best_error()  # raises SparseCurve for what was not evaluated to the end
        records = [record for group in groups for record in group.records]
        if len({updates_done(record) for record in records}) > 1:
            raise MissingRuns(reason=UNEQUAL)
        tables[dataset] = table1(records, scale="")
    if not tables:
        raise MissingRuns(waiting)
    return tables, waiting


def _bold_against_plain(table: Table1, dataset: str) -> list[tuple[str, str, Pair]]:
    bold = printed_table().bold[dataset]
    found = []
    for pair in table.pairs[dataset, EVALUATION]:
        names = (pair.better, pair.worse)
        inside = [name for name in names if name in bold]
        outside = [name for name in names if name not in bold]
        if len(inside) == len(outside) == 1:
            found.append((inside[0], outside[0], pair))
    return found


def _when(datasets: list[str]) -> str:
    return f"where the validation error is lowest, on {', '.join(datasets)}"
