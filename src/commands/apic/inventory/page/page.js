(() => {
  "use strict";
  const at = id => document.getElementById(id);
  const table = at("apis");
  if (!table) return;
  const body = table.tBodies[0], rows = [...body.rows], controls = at("controls");
  const search = at("search"), shown = at("shown"), none = at("none");
  const filters = ["kind", "stage", "missing"].map(at);
  const texts = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
  const heads = [...table.tHead.rows[0].cells];
  const count = number => number.toLocaleString("en").replaceAll(",", "\u202f");

  const fits = {
    kind: (row, value) => row.dataset.kind === value,
    stage: (row, value) => row.dataset.stage === value,
    missing: (row, value) => {
      const missing = row.dataset.missing;
      if (value === "any") return missing !== "";
      if (value === "none") return missing === "";
      return missing.split(" ").includes(value);
    },
  };

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = filters.filter(select => select.value !== "*");
    let found = 0;
    for (const row of rows) {
      const text = texts.get(row);
      const fit = words.every(word => text.includes(word)) &&
        wanted.every(select => fits[select.id](row, select.value));
      row.hidden = !fit;
      if (fit) found += 1;
    }
    const all = found === rows.length;
    shown.textContent = all ? `${count(found)} APIs` : `${count(found)} of ${count(rows.length)} APIs`;
    none.hidden = found > 0;
  }

  function sort(head) {
    const column = head.cellIndex, numbers = head.dataset.sort === "number";
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = row => {
      const cell = row.cells[column];
      return numbers ? Number(cell.dataset.value) : (cell.dataset.value ?? cell.textContent);
    };
    const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    const keyed = rows.map((row, place) => [key(row), place, row]);
    keyed.sort(([a, i], [b, j]) => ((numbers ? a - b : order.compare(a, b)) || i - j) * (down ? -1 : 1));
    body.append(...keyed.map(([, , row]) => row));
  }

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(button);
  }
  for (const button of document.querySelectorAll("button[data-filter]")) {
    button.addEventListener("click", () => {
      controls.reset();
      at(button.dataset.filter).value = button.dataset.value;
      filter();
      at("catalogue").scrollIntoView();
    });
  }
  search.addEventListener("input", filter);
  for (const select of filters) select.addEventListener("change", filter);
  controls.addEventListener("submit", event => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(filter));
  controls.hidden = false;
})();
