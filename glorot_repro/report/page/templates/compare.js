// One quantity of all runs of the page in one chart.

(() => {
  const box = document.querySelector("[data-compare]");
  if (!box) return;
  const [quantity, layer, log, legend, host] = ["quantity", "layer", "log", "legend", "chart"].map((name) =>
    document.getElementById(`compare-${name}`),
  );
  const FIRST = ["validation_error", "test_error", "activation_std"];
  const keys = box.dataset.compare.split(" ");
  const curvesOf = (key) => dataOf(key).curves;
  const names = [...new Set(keys.flatMap((key) => Object.keys(curvesOf(key))))].filter((name) => !name.endsWith(THEORY));

  function chooseQuantity() {
    const all = keys.flatMap((key) => (curvesOf(key)[quantity.value] || { layers: [] }).layers);
    const layers = [...new Set(all)].sort((a, b) => a - b);
    const before = layer.value;
    layer.replaceChildren(
      ...layers.map((one) => htmlElement("option", { value: String(one) }, one === WHOLE_NETWORK ? "whole network" : String(one))),
    );
    if (layers.includes(Number(before)) && before) layer.value = before;
    layer.disabled = layers.length < 2;
    draw();
  }

  function draw() {
    const series = keys.flatMap((key, k) => {
      const data = curvesOf(key)[quantity.value];
      const row = data ? data.layers.indexOf(Number(layer.value)) : -1;
      if (row < 0) return [];
      const name = document.querySelector(`#${key} > summary .name`).textContent;
      return [{ key, name, ...lineStyle(k, keys.length), x: data.updates, y: data.values[row] }];
    });
    legend.replaceChildren(
      ...series.map((one) =>
        htmlElement("span", {}, lineSample(one), " ", htmlElement("a", { href: `#${one.key}` }, one.name)),
      ),
    );
    const where = Number(layer.value) === WHOLE_NETWORK ? "" : `, layer ${layer.value}`;
    drawChart(host, {
      series,
      label: `${words(quantity.value)}${where} of ${series.map((one) => one.name).join(", ")}`,
      xLabel: "updates",
      yLabel: words(quantity.value) + where,
      isLog: log.checked,
    });
  }

  box.hidden = false;
  quantity.replaceChildren(...names.map((name) => htmlElement("option", { value: name }, words(name))));
  quantity.value = FIRST.find((name) => names.includes(name)) || names[0];
  quantity.addEventListener("change", chooseQuantity);
  layer.addEventListener("change", draw);
  log.addEventListener("change", draw);
  chooseQuantity();
  drawAtEachWidth(host, draw);
})();
