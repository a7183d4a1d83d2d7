// The curves of each run, drawn when its details are opened.

(() => {
  const FIRST = ["errors (%)", "activation_std"];

  function layerSeries(curves, quantity) {
    const { layers, updates, values } = curves[quantity];
    const theory = curves[quantity + THEORY];
    return layers.flatMap((layer, k) => {
      const style = lineStyle(k, layers.length);
      const line = { name: `layer ${layer}`, ...style, x: updates, y: values[k] };
      const row = theory ? theory.layers.indexOf(layer) : -1;
      if (row < 0) return [line];
      return [line, { name: "theory", ...style, x: theory.updates, y: theory.values[row], isMarks: true }];
    });
  }

  function wholeSeries(curves, quantities) {
    return quantities.map((quantity, k) => ({
      name: words(quantity),
      ...lineStyle(k, quantities.length),
      x: curves[quantity].updates,
      y: curves[quantity].values[0],
    }));
  }

  function setUp(box) {
    const key = box.dataset.curves;
    const { curves } = dataOf(key);
    const select = document.getElementById(`${key}-quantity`);
    const log = document.getElementById(`${key}-log`);
    const host = box.querySelector(".chart");
    const note = box.querySelector(".note");
    const legend = htmlElement("p", { className: "legend" });
    host.id = `${key}-chart`;
    host.before(legend);
    const all = choices(curves);
    select.replaceChildren(...[...all.keys()].map((name) => htmlElement("option", { value: name }, words(name))));
    select.value = FIRST.find((name) => all.has(name) && all.get(name).length) || select.value;

    function draw() {
      const quantities = all.get(select.value);
      if (!quantities) return;
      const data = curves[quantities[0]];
      const isWhole = data.layers[0] === WHOLE_NETWORK;
      const series = isWhole ? wholeSeries(curves, quantities) : layerSeries(curves, quantities[0]);
      const named = series.filter((one) => !one.isMarks);
      legend.replaceChildren(
        ...named.map((one) => htmlElement("span", {}, lineSample(one), ` ${one.name}`)),
        ...(named.length < series.length ? [htmlElement("span", {}, "○ mean-field theory at the start")] : []),
      );
      drawChart(host, {
        series,
        label: `${words(select.value)} over training time, ${named.map((one) => one.name).join(", ")}`,
        xLabel: "updates",
        yLabel: words(select.value),
        isLog: log.checked,
      });
      const { n_updates: nUpdates, updates } = data;
      note.textContent =
        updates.length < nUpdates ? `${updates.length} of ${nUpdates} points are drawn, evenly spaced.` : "";
      note.hidden = !note.textContent;
    }

    select.addEventListener("change", draw);
    log.addEventListener("change", draw);
    drawAtEachWidth(host, draw);
  }

  const isSetUp = new WeakSet();
  for (const details of document.querySelectorAll("details.run")) {
    const box = details.querySelector("[data-curves]");
    if (!box) continue;
    box.hidden = false;
    details.addEventListener("toggle", () => {
      if (!details.open || isSetUp.has(details)) return;
      isSetUp.add(details);
      setUp(box);
    });
  }
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => Viewer.show(button.dataset.show));
  }

  /** A link to a run opens it. */
  function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  }
  addEventListener("hashchange", openTarget);
  openTarget();
})();
