"""The types of what run.json tells, checked where it is read: nobody who shows it needs to."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

INFO_VERSION: Literal[1] = 1


class _Told(BaseModel):
    """What is missing has its default; other keys may hold anything."""

    model_config = ConfigDict(strict=True)


class _Divergence(_Told):
    update: int
    layer: int | None


class _Best(_Told):
    update: int
    test_error: float | None


class _Blas(_Told):
    library: str | None
    version: str | None


class _Machine(_Told):
    system: str = ""


class _Seconds(_Told):
    total: float = 0.0
    recording: float = 0.0
    evaluation: float = 0.0
    saving: float = 0.0


class _Info(_Told):
    format_version: Literal[1] = INFO_VERSION
    status: str = ""
    updates_done: int = 0
    updates: int = 0
    validation_error: float | None = None
    test_error: float | None = None
    best: _Best | None = None
    divergence: _Divergence | None = None
    pretraining: dict[str, int] | None = None
    failure: str | None = None
    started: str | None = None
    git_commit: str | None = None
    unofficial_data_files: list[str] = []
    data_files: dict[str, str] = {}
    own_modules: dict[str, str] = {}
    versions: dict[str, str] = {}
    seconds: _Seconds = _Seconds()
    machine: _Machine = _Machine()
    blas: list[_Blas] = []


def check_info(info: dict[str, Any]) -> None:
    """Raises ValueError, one line with the key, for the first value of another type."""
    try:
        _Info.model_validate(info)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        message = f"{key}: {first['msg']}"
        raise ValueError(message) from error
