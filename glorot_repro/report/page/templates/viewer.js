// The histograms of one run, quantity and choice of layers; the slider is the time.

const Viewer = (() => {
  const QUANTITIES = {
    activation: "activation z",
    backprop: "back-propagated gradient ∂C/∂s",
    weight_gradient: "weight gradient ∂C/∂W",
  };
  const FULL = 1000;
  const MILLISECONDS_PER_RECORD = 350;
  const [LOW, WIDTH, HIGHEST, OUTSIDE, MEAN, STD, BINS] = [0, 1, 2, 3, 4, 5, 6];
  const card = document.querySelector("[data-viewer]");
  if (!card) return null;
  const at = (name) => document.getElementById(`viewer-${name}`);
  const [run, quantity, layers, time, now, play] = ["run", "quantity", "layers", "time", "now", "play"].map(at);
  const [chart, numbers, note, fixed, log] = ["chart", "numbers", "note", "fixed", "log"].map(at);
  const OUTPUT = "softmax";
  const OUTLIERS = 0.1; // share of the histograms that may leave the axes of all times
  const MOST_HEADROOM = 3; // of the highest peak over those of most histograms
  // Layers that are switched off; at first the output's, whose gradients are far wider than others.
  const hidden = new Set([OUTPUT]);
  let timer = null;

  const histogramsOf = () => dataOf(run.value).histograms;
  const shownQuantity = () => histogramsOf().quantities[quantity.value];
  /** The number of a hidden layer, or OUTPUT: what the reader's choice is remembered by. */
  function layerName(layer) {
    const { activation } = histogramsOf().quantities;
    return activation && layer > activation.layers[activation.layers.length - 1] ? OUTPUT : String(layer);
  }
  const isShown = (layer) => shownQuantity().layers.length === 1 || !hidden.has(layerName(layer));

  function chooseRun() {
    stop();
    const { updates, quantities } = histogramsOf();
    const before = quantity.value;
    quantity.replaceChildren(
      ...Object.keys(quantities).map((name) => htmlElement("option", { value: name }, QUANTITIES[name] || name)),
    );
    if (before in quantities) quantity.value = before;
    const wasAtEnd = Number(time.value) > 0 && time.value === time.max;
    time.max = String(updates.length - 1);
    if (wasAtEnd) time.value = time.max;
    time.disabled = play.disabled = updates.length < 2;
    chooseQuantity();
  }

  function chooseQuantity() {
    const { layers: all } = shownQuantity();
    layers.replaceChildren(
      ...all.map((layer, k) => {
        const box = htmlElement("input", { type: "checkbox", checked: isShown(layer) });
        box.addEventListener("change", () => {
          if (box.checked) hidden.delete(layerName(layer));
          else hidden.add(layerName(layer));
          draw();
        });
        return htmlElement("label", {}, box, lineSample(lineStyle(k, all.length)), ` ${layerName(layer)}`);
      }),
    );
    draw();
  }

  /** x and y of the outline of a histogram, down to 0 at both ends. */
  function outline(histogram) {
    const x = [histogram[LOW]];
    const y = [0];
    histogram[BINS].forEach((bin, k) => {
      x.push(histogram[LOW] + (k + 0.5) * histogram[WIDTH]);
      y.push((bin * histogram[HIGHEST]) / FULL);
    });
    x.push(histogram[LOW] + histogram[BINS].length * histogram[WIDTH]);
    y.push(0);
    return { x, y };
  }

  /** Axes for all times. They hold most histograms, not all: a few wide ones would flatten the rest. */
  function rangesOfAllTimes() {
    const { layers: all, histograms } = shownQuantity();
    const shown = histograms.flatMap((record) => record.filter((one, k) => one && isShown(all[k])));
    if (!shown.length) return {};
    const at = (values, share) => values.sort((a, b) => a - b)[Math.round(share * (values.length - 1))];
    const low = at(shown.map((one) => one[LOW]), OUTLIERS);
    const high = at(shown.map((one) => one[LOW] + one[BINS].length * one[WIDTH]), 1 - OUTLIERS);
    const peaks = shown.map((one) => one[HIGHEST]);
    const top = Math.min(Math.max(...peaks), MOST_HEADROOM * at(peaks, 1 - OUTLIERS));
    return { xRange: [low, high], yRange: log.checked ? undefined : [0, 1.05 * top] };
  }

  function draw() {
    const { updates, n_records: nRecords } = histogramsOf();
    const { layers: all, histograms, n_layers: nLayers } = shownQuantity();
    const record = histograms[Number(time.value)];
    const update = updates[Number(time.value)];
    const when = `${updatesText(update)} of ${updates[updates.length - 1].toLocaleString("en")}`;
    now.textContent = when;
    time.setAttribute("aria-valuetext", when);
    const series = [];
    const rows = [];
    all.forEach((layer, k) => {
      if (!isShown(layer)) return;
      const style = lineStyle(k, all.length);
      const histogram = record[k];
      if (histogram) series.push({ name: `layer ${layer}`, ...style, ...outline(histogram) });
      const cells = histogram
        ? [numberText(histogram[MEAN]), numberText(histogram[STD]), `${numberText(100 * histogram[OUTSIDE], 2)} %`]
        : ["no finite value", "", ""];
      const head = htmlElement("th", { scope: "row" }, lineSample(style), ` ${layerName(layer)}`);
      rows.push(htmlElement("tr", {}, head, ...cells.map((text) => htmlElement("td", { className: "number" }, text))));
    });
    const name = QUANTITIES[quantity.value] || quantity.value;
    drawChart(chart, {
      series,
      label: `Histograms of the ${name} at ${when}, of layers ${all.filter(isShown).map(layerName).join(", ")}`,
      xLabel: name,
      yLabel: "probability density",
      isLog: log.checked,
      ...(fixed.checked ? rangesOfAllTimes() : {}),
    });
    numbers.replaceChildren(...rows);
    const kept = [];
    if (updates.length < nRecords) kept.push(`${updates.length} of ${nRecords} recorded times`);
    if (all.length < nLayers) kept.push(`${all.length} of ${nLayers} layers`);
    const alone = nRecords === 1 ? "This run was recorded at one time only. " : "";
    note.textContent = alone + (kept.length ? `The page holds ${kept.join(" and ")}, evenly spaced.` : "");
    note.hidden = !note.textContent;
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }

  function start() {
    if (time.value === time.max) time.value = "0";
    draw();
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      time.value = String(Number(time.value) + 1);
      draw();
      if (time.value === time.max) stop();
    }, MILLISECONDS_PER_RECORD);
  }

  function show(key) {
    run.value = key;
    chooseRun();
    document.getElementById("viewer").scrollIntoView();
    time.focus({ preventScroll: true });
  }

  card.hidden = false;
  run.addEventListener("change", chooseRun);
  quantity.addEventListener("change", chooseQuantity);
  time.addEventListener("input", () => {
    stop();
    draw();
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
  for (const option of [fixed, log]) option.addEventListener("change", draw);
  chooseRun();
  drawAtEachWidth(chart, draw);
  return { show };
})();
