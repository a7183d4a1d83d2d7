"""Whole pictures: the original's repainted, levels, labels and the ring of background."""

from pathlib import Path

import numpy as np
import pytest

from glorot_repro.data import pairs
from glorot_repro.data.pictures import CLASS_NAMES, Pictures, draw_pictures, paint

SAMPLE = np.load(Path(__file__).parent / "files" / "shapeset_sample.npz")


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return draw_pictures(np.random.default_rng(1), 3000, 0.3333)


def test_original_pictures_are_repainted_to_the_last_pixel() -> None:
    images = np.repeat(SAMPLE["background"][:, None], 1024, axis=1)
    for which in (0, 1):
        for kind, n in enumerate((3, 4, 20)):
            index = np.flatnonzero(SAMPLE["kind"][:, which] == kind)
            vertices = SAMPLE["pixel_vertices"][index, which, :n].T.astype(float)
            paint(images, index, vertices, SAMPLE["level"][index, which])
    np.testing.assert_array_equal(images.reshape(-1, 32, 32), SAMPLE["images"])


def test_labels_name_the_kinds_present(pictures: Pictures) -> None:
    second_kind = dict(zip(pictures.pair, pictures.second.kind, strict=True))
    for i, label in enumerate(pictures.labels):
        kinds = {"TPE"[k] for k in (pictures.first.kind[i], second_kind.get(i)) if k is not None}
        is_pair = i in second_kind
        assert set(CLASS_NAMES[label].split("+")) == kinds
        assert ("+" in CLASS_NAMES[label]) == is_pair


def test_labels_agree_with_the_original() -> None:
    for kinds, label in zip(SAMPLE["kind"], SAMPLE["labels"], strict=True):
        letters = sorted(("TPE"[k] for k in kinds if k >= 0), key="TPE".index)
        assert CLASS_NAMES[label] == "+".join(letters)


def test_pixels_are_background_or_one_of_the_shapes(pictures: Pictures) -> None:
    levels = np.vstack([pictures.background, pictures.level]).T[:, :, None]
    assert (pictures.images[:, None] == levels).any(axis=1).all()


def test_second_shape_hides_the_first(pictures: Pictures) -> None:
    """Both masks overlap in many pictures; there the second level must show."""
    n_hidden = 0
    for j, i in enumerate(pictures.pair):
        canvas = np.zeros((2, 1024), np.uint8)
        one = np.ones(1, np.uint8)
        paint(canvas, np.array([0]), pictures.first.vertices()[..., [i]], one)
        paint(canvas, np.array([1]), pictures.second.vertices()[..., [j]], one)
        assert (pictures.images[i][canvas[1] == 1] == pictures.level[1, i]).all()
        n_hidden += int((canvas[0] & canvas[1]).sum())
    assert n_hidden > 1000


def test_outermost_ring_is_background(pictures: Pictures) -> None:
    grid = pictures.images.reshape(-1, 32, 32)
    for ring in (grid[:, 0], grid[:, -1], grid[:, :, 0], grid[:, :, -1]):
        assert (ring == pictures.background[:, None]).all()


def test_shapes_come_from_the_other_end_of_the_gray_scale(pictures: Pictures) -> None:
    is_bright = pictures.background >= 140
    assert (pictures.level[:, is_bright] <= 114).all()
    assert (pictures.level[:, ~is_bright] >= 140).all()
    used = np.unique([pictures.background, *pictures.level])
    np.testing.assert_array_equal(used, [*range(115), *range(140, 256)])


def test_levels_of_background_and_shapes_are_independent(pictures: Pictures) -> None:
    for is_chosen in (pictures.background < 140, pictures.background >= 140):
        levels = np.vstack([pictures.background, pictures.level])[:, is_chosen]
        # The correlation of n independent pairs deviates by 1 / sqrt(n).
        assert abs(np.corrcoef(levels) - np.eye(3)).max() < 4 / np.sqrt(is_chosen.sum())


@pytest.mark.parametrize("share", [0.0, 0.3333, 0.5, 1.0])
def test_share_of_bright_backgrounds_is_the_one_asked_for(share: float) -> None:
    pictures = draw_pictures(np.random.default_rng(2), 4000, share)
    error = np.sqrt(share * (1 - share) / 4000)
    assert abs((pictures.background >= 140).mean() - share) <= 4 * error


def test_share_of_bright_backgrounds_changes_levels_only() -> None:
    a, b = (draw_pictures(np.random.default_rng(3), 500, share) for share in (0.1, 0.9))
    np.testing.assert_array_equal(a.labels, b.labels)
    np.testing.assert_array_equal(a.first.outline, b.first.outline)
    np.testing.assert_array_equal(a.second.center, b.second.center)
    assert (a.background != b.background).any()


def test_picture_without_its_second_shape_has_the_label_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pairs, "MAX_OVERLAP", -1e9)
    pictures = draw_pictures(np.random.default_rng(4), 60, 0.5)
    assert pictures.is_given_up.all()
    np.testing.assert_array_equal(pictures.labels, pictures.first.kind)
    np.testing.assert_array_equal(pictures.rejections, 50)
    assert all(len(np.unique(image)) == 2 for image in pictures.images)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_any_number_of_pictures_can_be_drawn(n: int) -> None:
    for seed in range(4):
        pictures = draw_pictures(np.random.default_rng(seed), n, 0.5)
        assert pictures.images.shape == (n, 1024)
        assert pictures.labels.shape == (n,)
