"""Speed of the Shapeset stream on one core, against an update of 4 ms.

Run: python benchmarks/shapeset.py
"""

import statistics
import time

import numpy as np

from glorot_repro.data.shapeset import BLOCK_SIZE, Shapeset, draw_block

BATCH_SIZE = 10
N_BLOCKS_TIMED = 20
UPDATE_MS = 4.0
"""An update of the paper's five layers of 1000 units, mini-batches of ten, on one core."""


def main() -> None:
    seeds = np.random.SeedSequence(0)
    stream = Shapeset().training_stream(seeds, np.float32)
    stream.next_batch(BATCH_SIZE)

    drawing, serving, everything = [], [], []
    for number in range(1, N_BLOCKS_TIMED + 1):
        begin = time.perf_counter()
        draw_block(seeds, number, 0.3333)
        drawing.append(time.perf_counter() - begin)

        stream.seek(number * BLOCK_SIZE)
        times = []
        for _ in range(BLOCK_SIZE // BATCH_SIZE):
            begin = time.perf_counter()
            stream.next_batch(BATCH_SIZE)
            times.append(time.perf_counter() - begin)
        serving.append(statistics.median(times))
        everything.append(sum(times))

    block_ms = 1e3 * statistics.median(drawing)
    batch_ms = 1e3 * statistics.median(everything) * BATCH_SIZE / BLOCK_SIZE
    print(f"block of {BLOCK_SIZE} images as bytes   {block_ms:8.2f} ms")
    print(f"ten images of a drawn block      {1e3 * statistics.median(serving):8.4f} ms, float32")
    print(f"ten images, drawing included     {batch_ms:8.4f} ms, float32")
    print(f"share of an update of {UPDATE_MS:.0f} ms       {100 * batch_ms / UPDATE_MS:8.1f} %")
    print(f"images per second, median        {1e3 * BATCH_SIZE / batch_ms:8.0f}")
    print(f"images per second, best block    {BLOCK_SIZE / min(everything):8.0f}")


if __name__ == "__main__":
    main()
