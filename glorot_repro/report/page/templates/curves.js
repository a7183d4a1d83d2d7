// Names of quantities, and which of them share a chart.

const WHOLE_NETWORK = 0;
const TOGETHER = {
  "errors (%)": ["training_error", "validation_error", "test_error"],
  costs: ["training_cost", "validation_cost", "test_cost"],
};
const THEORY = "_theory";

function words(quantity) {
  return quantity.replace(/_/g, " ").replace(/ p(\d+)$/, ", percentile $1");
}

/** Name to the quantities that are drawn in one chart. */
function choices(curves) {
  const found = new Map();
  for (const [name, quantities] of Object.entries(TOGETHER)) {
    const there = quantities.filter((quantity) => quantity in curves);
    if (there.length) found.set(name, there);
  }
  const together = new Set(Object.values(TOGETHER).flat());
  for (const quantity of Object.keys(curves)) {
    if (!together.has(quantity) && !quantity.endsWith(THEORY)) found.set(quantity, [quantity]);
  }
  return found;
}
