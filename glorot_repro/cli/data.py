"""`data`: list, fetch, show and sample the data sets, and prepare Small-ImageNet."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast
from urllib.parse import urlsplit

import typer

from glorot_repro.cli.columns import print_columns
from glorot_repro.cli.options import DataDirOption, JsonOption, QuietOption, check_suffix
from glorot_repro.errors import ConfigError
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import counted, one_line, shortened

if TYPE_CHECKING:
    from glorot_repro.data.finite import FileRecord
    from glorot_repro.data.images import Dataset

app = typer.Typer(
    help="The data sets: list, fetch, show and sample them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A data set; `data list` names them.")
]
OptionsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY=VALUE]...",
        help="Options as in the YAML, such as bright_background=0.5.",
        show_default=False,
    ),
]


@app.command("list")
def list_datasets(data_dir: DataDirOption = None, json_output: JsonOption = False) -> None:
    """List the data sets, and whether their files are here."""
    from glorot_repro.data.folder import data_folder
    from glorot_repro.data.listing import dataset_entry
    from glorot_repro.data.registry import DATASETS

    folder = data_folder()
    entries = [dataset_entry(name, section, folder) for name, section in DATASETS.items()]
    if json_output:
        _print_json({"data_folder": str(folder), "datasets": entries})
        return
    rows = []
    for entry in entries:
        sizes, shape, n_classes = entry["split_sizes"], entry["image_shape"], entry["n_classes"]
        rows.append(
            (
                entry["name"],
                " + ".join(f"{n:,}" for n in sizes) if sizes else entry["images"],
                " x ".join(str(n) for n in shape) if shape else "any",
                str(n_classes) if n_classes else "any",
                entry["state"],
            )
        )
    print_columns(("name", "images", "size", "classes", "files"), rows, right=("classes",))
    typer.echo(f"data folder: {folder} (--data-dir or GLOROT_DATA names another)")


@app.command("fetch")
def fetch(
    name: NameArgument,
    mirror: Annotated[
        list[str] | None,
        typer.Option("--mirror", help="http(s) address of a folder to try first; may be repeated."),
    ] = None,
    data_dir: DataDirOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Get the files of a data set that are missing or damaged, and check all of them."""
    from glorot_repro.cli.progress import download_bars
    from glorot_repro.config.dataset import dataset_named
    from glorot_repro.data.downloads import Fetcher
    from glorot_repro.data.finite import FiniteDataset
    from glorot_repro.data.folder import data_folder
    from glorot_repro.data.listing import required_options
    from glorot_repro.data.registry import DATASETS

    mirrors = _mirrors(mirror or ())
    is_own = name in DATASETS and bool(required_options(DATASETS[name]))
    dataset: object = None if is_own else dataset_named(name)
    if not isinstance(dataset, FiniteDataset):
        files: tuple[FileRecord, ...] = ()
        if not (quiet or json_output):
            what = "your own images" if is_own else "generated"
            typer.echo(f"{name} is {what}: there is nothing to fetch", err=True)
    else:
        with download_bars(is_silent=quiet or json_output) as bar:
            files = dataset.read(data_folder(), Fetcher(mirrors, bar)).files
    if json_output:
        _print_json({"name": name, "files": _files_as_json(files)})
    elif not quiet:
        _print_files(files)


def _mirrors(addresses: Sequence[str]) -> tuple[str, ...]:
    """The folders of --mirror. Raises ConfigError for what is no address of one."""
    for address in addresses:
        try:
            parts = urlsplit(address)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_address = False
        if not is_address:
            found = shortened(one_line(address))
            message = f"--mirror: expected an address such as https://host/folder, found '{found}'"
            raise ConfigError(message)
    return tuple(f"{address.rstrip('/')}/" for address in addresses)


@app.command("show")
def show(
    name: NameArgument,
    options: OptionsArgument = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="The .png file of samples; NAME.png by default.", show_default=False
        ),
    ] = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Draw a sheet of samples; print shapes, class counts, mean and mean square of the inputs."""
    from glorot_repro.config.dataset import dataset_named
    from glorot_repro.data.description import describe

    check_suffix(out, ".png")
    dataset = dataset_named(name, options or [])
    description = describe(dataset)
    path = out or Path(f"{name}.png")
    _draw_sheet(dataset, path)
    shape = {"image_shape": list(dataset.image_shape), "input_size": dataset.input_size}
    if json_output:
        fields = {
            "name": name,
            **shape,
            "n_classes": dataset.n_classes,
            "class_names": list(dataset.class_names),
            "sizes": description.sizes,
            "class_counts": description.class_counts,
            "mean": description.mean,
            "mean_square": description.mean_square,
            "files": _files_as_json(description.files),
            "sheet": str(path),
        }
        _print_json(fields)
        return
    low, high = cast("Any", dataset).range
    typer.echo(
        f"{name}: images of {' x '.join(str(n) for n in dataset.image_shape)}, "
        f"{dataset.input_size:,} inputs in [{low:g}, {high:g}], {dataset.n_classes} classes"
    )
    counts = description.class_counts
    rows = [
        (class_name, *(f"{of_split[label]:,}" for of_split in counts.values()))
        for label, class_name in enumerate(dataset.class_names)
    ]
    rows.append(("all", *(f"{size:,}" for size in description.sizes.values())))
    print_columns(("class", *counts), rows, right=tuple(counts))
    typer.echo(
        f"inputs of the {next(iter(counts))} images: mean {description.mean:.4f}, "
        f"mean square {description.mean_square:.4f}"
    )
    _print_files(description.files)
    typer.echo(f"samples: {path}")


@app.command("sample")
def sample(
    name: NameArgument,
    options: OptionsArgument = None,
    count: Annotated[int, typer.Option("--count", min=1, help="Images to draw.")] = 100,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draw.")] = 0,
    out: Annotated[Path, typer.Option("--out", help="The .npz file to write.")] = Path(
        "sample.npz"
    ),
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Write images (uint8, as levels) and labels to a file; training images where they are fixed.

    Shapeset's images are [x, y]: x to the right is axis 1 of the array.
    """
    from glorot_repro.arrays import to_npz
    from glorot_repro.config.dataset import dataset_named
    from glorot_repro.files import write_atomically

    check_suffix(out, ".npz")
    dataset = dataset_named(name, options or [])
    images, labels = cast("Any", dataset).sample(count, seed)
    write_atomically(out, to_npz({"images": images, "labels": labels}, compress=True))
    if json_output:
        _print_json({"file": str(out), "shape": list(images.shape), "seed": seed})
    else:
        typer.echo(f"{out}: {counted(len(images), 'image')} of {name}, seed {seed}")


@app.command("prepare")
def prepare(
    name: Annotated[str, typer.Argument(metavar="NAME", help="small_imagenet.")],
    imagenet: Annotated[
        Path,
        typer.Option(
            "--imagenet", help="Folder with a folder of images a WordNet id, such as n01440764."
        ),
    ],
    images_per_class: Annotated[
        int, typer.Option("--images-per-class", min=11, help="Images of each of ten classes.")
    ] = 11_000,
    data_dir: DataDirOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Make Small-ImageNet, 37 x 37 gray images of ten classes, from a local copy of ImageNet."""
    from glorot_repro.cli.progress import counting_bar
    from glorot_repro.data.folder import data_folder
    from glorot_repro.data.imagenet import prepare as prepare_from
    from glorot_repro.data.small_imagenet import SmallImagenet

    if name != "small_imagenet":
        message = f"'{name}' needs no preparing (allowed: small_imagenet)"
        raise ConfigError(message)
    dataset = SmallImagenet(images_per_class=images_per_class)
    n_images = sum(dataset.split_sizes)
    with counting_bar("decoding", n_images, is_silent=quiet or json_output) as tell:
        path = prepare_from(dataset, imagenet, data_folder(), tell)
    sizes = dict(zip(("training", "validation", "test"), dataset.split_sizes, strict=True))
    if json_output:
        _print_json({"file": str(path), "sizes": sizes})
    elif not quiet:
        words = ", ".join(f"{n:,} {split}" for split, n in sizes.items())
        typer.echo(f"{path}: {words} images")


def _draw_sheet(dataset: "Dataset", path: Path) -> None:
    from glorot_repro.files import write_atomically
    from glorot_repro.report.class_sheet import class_sheet
    from glorot_repro.report.mosaic import COLUMNS
    from glorot_repro.report.style import figure_bytes

    # 20 times as many as are shown: a class that is three times rarer than the others still
    # fills its row.
    n_drawn = 20 * COLUMNS * dataset.n_classes
    images, labels = cast("Any", dataset).sample(n_drawn, seed=0)
    figure = class_sheet(dataset.upright(images), labels, dataset.class_names)
    write_atomically(path, figure_bytes(figure, "png"))


def _print_files(files: "tuple[FileRecord, ...]") -> None:
    for file in files:
        note = "  not the official file" if file.is_official is False else ""
        typer.echo(f"{file.path}  SHA-256 {file.sha256}{note}")


def _files_as_json(files: "tuple[FileRecord, ...]") -> list[dict[str, Any]]:
    return [
        {
            "name": file.name,
            "path": str(file.path),
            "sha256": file.sha256,
            "official": file.is_official,
        }
        for file in files
    ]


def _print_json(fields: dict[str, Any]) -> None:
    typer.echo(strict_json(fields))
