// Filters of the claims: verdict, kind and words, all of which have to fit.

(() => {
  const filters = document.querySelector("[data-filters]");
  if (!filters) return;
  const claims = [...document.querySelectorAll(".claim")];
  const texts = new Map(claims.map((claim) => [claim, claim.textContent.toLowerCase()]));
  const boxes = [...filters.querySelectorAll("input[type='checkbox']")];
  const words = document.getElementById("claims-text");
  const shown = document.getElementById("claims-shown");

  function chosen(name) {
    return new Set(boxes.filter((box) => box.name === name && box.checked).map((box) => box.value));
  }

  function filter() {
    const verdicts = chosen("verdict");
    const kinds = chosen("kind");
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const claim of claims) {
      const fits =
        verdicts.has(claim.dataset.verdict) &&
        kinds.has(claim.dataset.kind) &&
        wanted.every((word) => texts.get(claim).includes(word));
      claim.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = `${count} of ${claims.length} claims are shown.`;
  }

  filters.hidden = false;
  filters.addEventListener("input", filter);
  filter();
})();
