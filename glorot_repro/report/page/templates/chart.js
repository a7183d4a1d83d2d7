"use strict";

// Line charts as SVG, redrawn at the width at hand. Colors and dashes come from the style sheet.

const SVG = "http://www.w3.org/2000/svg";
const RAMP_STEPS = 10;
const LETTER = 7.5; // width of a digit in pixels, at most
const DASHES = ["", "9 3", "9 3 2 3", "2 3", "5 3 5 3 2 3"];
const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

function svgElement(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function htmlElement(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** The look of layer `index` of `count`: the same everywhere on the page. */
function lineStyle(index, count) {
  const step = count < 2 ? 0 : Math.round((RAMP_STEPS * index) / (count - 1));
  return { ramp: `ramp-${step}`, dash: DASHES[index % DASHES.length] };
}

function powerOfTen(exponent) {
  return "10" + [...String(exponent)].map((digit) => SUPERSCRIPTS[digit]).join("");
}

/** A number as a reader wants it: three digits or so, powers of ten where they are far from 1. */
function numberText(value, digits = 3) {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) {
    const exponent = Math.floor(Math.log10(size));
    const factor = Number((value / 10 ** exponent).toPrecision(digits));
    const power = powerOfTen(exponent);
    if (factor === 1) return power;
    return `${factor < 0 ? "−" : ""}${Math.abs(factor)}·${power}`;
  }
  const rounded = Number(value.toPrecision(digits));
  const text = size >= 1000 ? Math.abs(rounded).toLocaleString("en") : String(Math.abs(rounded));
  return (rounded < 0 ? "−" : "") + text;
}

function linearTicks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= 0.75 * rough);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

function logTicks(low, high) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  if (last - first < 1) return linearTicks(low, high, 4).filter((tick) => tick > 0);
  const step = Math.ceil((last - first) / 6);
  const ticks = [];
  for (let exponent = first; exponent <= last; exponent += step) ticks.push(10 ** exponent);
  return ticks;
}

/** The texts of ticks, with as many digits as tell them apart. */
function tickTexts(ticks) {
  const size = Math.max(...ticks.map(Math.abs));
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : size;
  const digits = Math.max(3, Math.ceil(Math.log10(size / step || 1)) + 1);
  return ticks.map((tick) => numberText(tick, Math.min(digits, 12)));
}

/** Ticks of the horizontal axis with their texts, and where these stand: the last one stays inside. */
function placed(ticks, x, width) {
  const texts = tickTexts(ticks);
  return ticks.map((tick, k) => {
    const half = (LETTER * texts[k].length) / 2;
    return { tick, text: texts[k], half, center: Math.min(x(tick), width - half) };
  });
}

/** As many ticks as have room for their texts side by side. */
function ticksApart(low, high, x, width) {
  for (let wanted = width < 480 ? 4 : 7; ; wanted--) {
    const found = placed(linearTicks(low, high, wanted), x, width);
    const isApart = found.every(
      (one, k) => k === 0 || one.center - one.half >= found[k - 1].center + found[k - 1].half,
    );
    if (isApart || wanted === 1) return found;
  }
}

function extent(series, axis, isWanted) {
  let low = Infinity;
  let high = -Infinity;
  for (const one of series) {
    for (const value of one[axis]) {
      if (value === null || !isWanted(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

function widened([low, high], isLog) {
  if (low < high) return [low, high];
  if (isLog) return [low / 2, high * 2];
  const margin = Math.abs(low) / 10 || 1;
  return [low - margin, high + margin];
}

/** The pieces of a line: it is broken where a value is missing, or not above 0 on a log axis. */
function pathOf(one, x, y, isLog) {
  let path = "";
  let isDown = false;
  one.x.forEach((at, k) => {
    const value = one.y[k];
    if (value === null || (isLog && value <= 0)) {
      isDown = false;
      return;
    }
    path += `${isDown ? "L" : "M"}${x(at).toFixed(1)},${y(value).toFixed(1)}`;
    isDown = true;
  });
  return path;
}

/**
 * Draws lines into `host`, in place of what is there.
 *
 * chart: series [{name, ramp, dash, x, y, isMarks}], label (for those who do not see it), xLabel,
 * yLabel, isLog (of y), xRange, yRange (both optional).
 */
function drawChart(host, chart) {
  const width = Math.max(240, Math.round(host.clientWidth));
  const height = width < 480 ? 240 : 320;
  const box = { left: 58, right: width - 12, top: 12, bottom: height - 42 };
  const isWanted = chart.isLog ? (value) => value > 0 : () => true;
  const svg = svgElement("svg", {
    viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": chart.label,
  });
  const xRange = chart.xRange || extent(chart.series, "x", () => true);
  const yRange = chart.yRange || extent(chart.series, "y", isWanted);
  if (!xRange || !yRange) {
    svg.append(svgElement("text", { x: width / 2, y: height / 2, class: "empty" }, "nothing to draw"));
    host.replaceChildren(svg);
    return;
  }
  const [x0, x1] = widened(xRange, false);
  let [y0, y1] = widened(yRange, chart.isLog);
  if (!chart.isLog && !chart.yRange) {
    const margin = 0.04 * (y1 - y0);
    y1 += margin;
    if (y0 !== 0) y0 -= y0 > 0 ? Math.min(margin, y0) : margin;
  }
  const onScale = chart.isLog ? Math.log10 : (value) => value;
  const x = (value) => box.left + ((value - x0) / (x1 - x0)) * (box.right - box.left);
  const y = (value) =>
    box.bottom - ((onScale(value) - onScale(y0)) / (onScale(y1) - onScale(y0))) * (box.bottom - box.top);

  const clip = `${host.id || "chart"}-clip`;
  const clipPath = svgElement("clipPath", { id: clip });
  clipPath.append(svgElement("rect", {
    x: box.left, y: box.top - 2, width: box.right - box.left, height: box.bottom - box.top + 4,
  }));
  svg.append(clipPath);
  const yTicks = chart.isLog ? logTicks(y0, y1) : linearTicks(y0, y1, 5);
  const yTexts = tickTexts(yTicks);
  for (const [k, tick] of yTicks.entries()) {
    svg.append(svgElement("line", { x1: box.left, x2: box.right, y1: y(tick), y2: y(tick), class: "grid" }));
    svg.append(svgElement("text", { x: box.left - 6, y: y(tick) + 4, class: "tick y" }, yTexts[k]));
  }
  const xTicks = xRange[0] === xRange[1] ? placed([xRange[0]], x, width) : ticksApart(x0, x1, x, width);
  for (const { tick, text, center } of xTicks) {
    svg.append(svgElement("line", { x1: x(tick), x2: x(tick), y1: box.bottom, y2: box.bottom + 4, class: "axis" }));
    svg.append(svgElement("text", { x: center, y: box.bottom + 17, class: "tick x" }, text));
  }
  svg.append(svgElement("line", { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom, class: "axis" }));
  svg.append(svgElement("text", { x: (box.left + box.right) / 2, y: height - 6, class: "label x" }, chart.xLabel));
  const middle = (box.top + box.bottom) / 2;
  svg.append(svgElement("text", { x: 0, y: 0, transform: `translate(11 ${middle}) rotate(-90)`, class: "label y" }, chart.yLabel));
  const lines = svgElement("g", { "clip-path": `url(#${clip})` });
  for (const one of chart.series) {
    if (one.isMarks || one.x.length === 1) {
      one.x.forEach((at, k) => {
        const value = one.y[k];
        if (value === null || !isWanted(value)) return;
        const shape = { cx: x(at), cy: y(value), r: one.isMarks ? 5 : 3.5 };
        lines.append(svgElement("circle", { ...shape, class: `${one.isMarks ? "ring" : "dot"} ${one.ramp}` }));
      });
    } else {
      lines.append(svgElement("path", {
        d: pathOf(one, x, y, chart.isLog), class: `line ${one.ramp}`, "stroke-dasharray": one.dash, "data-name": one.name,
      }));
    }
  }
  svg.append(lines);
  host.replaceChildren(svg);
}

/** A short line as it is drawn in the chart, for legends. */
function lineSample(style) {
  const svg = svgElement("svg", { width: 26, height: 10, viewBox: "0 0 26 10", "aria-hidden": "true", class: "sample" });
  svg.append(svgElement("path", { d: "M0,5L26,5", class: `line ${style.ramp}`, "stroke-dasharray": style.dash }));
  return svg;
}

const runData = new Map();

/** The data of a run, read from the page when they are first needed. */
function dataOf(key) {
  if (!runData.has(key)) {
    runData.set(key, JSON.parse(document.getElementById(`${key}-data`).textContent));
  }
  return runData.get(key);
}

/** Calls `draw` now and whenever the width of `host` changes. */
function drawAtEachWidth(host, draw) {
  let width = -1;
  new ResizeObserver(() => {
    if (host.clientWidth === width) return;
    width = host.clientWidth;
    if (width) draw();
  }).observe(host);
}

function updatesText(update) {
  return `update ${update.toLocaleString("en")}`;
}
