(() => {
  "use strict";
  const at = id => document.getElementById(id);
  const table = at("apis");
  if (!table) return;
  const body = table.tBodies[0], controls = at("controls");
  const rows = [...body.rows, ...at("rest").content.querySelectorAll("tr")];
  const search = at("search"), shown = at("shown"), none = at("none");
  const more = at("more"), showMore = at("show-more");
  const filters = ["kind", "stage", "environment", "owner", "missing"].map(at);
  // Upper case and accents do not matter.
  const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const PAGE = Number(table.dataset.page);
  let limit = PAGE, found = rows;
  const heads = [...table.tHead.rows[0].cells];
  const count = number => number.toLocaleString("en").replaceAll(",", "\u202f");

  const opened = new Map(), texts = new Map();

  // What a search looks at: everything that comes from the center, but not the page's own words.
  function text(row) {
    if (!texts.has(row)) {
      const parts = [...row.querySelectorAll("bdi"), ...(opened.get(row)?.details.querySelectorAll("bdi") ?? [])];
      texts.set(row, plain([row.dataset.kind, row.dataset.stage, ...parts.map(part => part.textContent)].join("\n")));
    }
    return texts.get(row);
  }

  // The texts are prepared while the browser has nothing to do, so that the first search does not wait for them.
  function prepare(start) {
    const end = Math.min(start + 50, rows.length);
    for (let index = start; index < end; index += 1) text(rows[index]);
    if (end < rows.length) setTimeout(prepare, 0, end);
  }

  const fits = {
    kind: (row, value) => row.dataset.kind === value,
    stage: (row, value) => row.dataset.stage === value,
    environment: (row, value) => row.dataset.environment.split("\n").includes(value),
    owner: (row, value) => row.dataset.owner.split("\n").includes(value),
    missing: (row, value) => {
      const missing = row.dataset.missing;
      if (value === "any") return missing !== "";
      if (value === "none") return missing === "";
      return missing.split(" ").includes(value);
    },
  };

  function filter() {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const wanted = filters.filter(select => select.value !== "*");
    found = rows.filter(row => wanted.every(select => fits[select.id](row, select.value)) &&
      (words.length === 0 || words.every(word => text(row).includes(word))));
    show();
  }

  // The title of a row becomes a button that opens the row.
  function addButton(row) {
    if (row.querySelector(".open")) return;
    const title = row.querySelector(".title"), button = document.createElement("button");
    button.type = "button";
    button.className = "open";
    button.setAttribute("aria-expanded", "false");
    title.before(button);
    button.append(title);
    button.addEventListener("click", () => toggle(row));
  }

  // Only the rows that are shown are in the document: the browser need not lay out the others.
  function show() {
    const visible = found.slice(0, limit), kept = new Set(visible);
    visible.forEach(addButton);
    for (const row of [...opened.keys()]) if (!kept.has(row)) close(row);
    const current = [...body.rows].filter(row => !row.classList.contains("opened"));
    if (visible.length !== current.length || visible.some((row, index) => row !== current[index])) {
      body.replaceChildren(...visible.flatMap(row => opened.has(row) ? [row, opened.get(row).row] : [row]));
    }
    const all = found.length === rows.length, noun = rows.length === 1 ? "API" : "APIs";
    shown.textContent = `${count(found.length)} ${all ? "" : `of ${count(rows.length)} `}${noun}`;
    none.hidden = found.length > 0;
    more.hidden = found.length <= limit;
    showMore.textContent = `Show ${count(Math.min(PAGE, found.length - limit))} more of ${count(found.length)}`;
  }

  // The filter is kept in the address, so that it can be sent to somebody.
  function remember() {
    const values = new URLSearchParams();
    if (search.value) values.set("search", search.value);
    for (const select of filters) if (select.value !== "*") values.set(select.id, select.value);
    try {
      history.replaceState(null, "", `#${values}`);
    } catch {
      // Some browsers refuse this for a local file; the filter works without it.
    }
  }

  function recall() {
    const values = new URLSearchParams(location.hash.slice(1));
    search.value = values.get("search") ?? "";
    for (const select of filters) {
      select.value = values.get(select.id) ?? "*";
      if (select.selectedIndex < 0) select.value = "*";
    }
    limit = PAGE;
    filter();
  }

  function change() {
    limit = PAGE;
    filter();
    remember();
  }

  // While somebody types, the address can wait: browsers limit how often it may change.
  let typing;
  function type() {
    limit = PAGE;
    filter();
    clearTimeout(typing);
    typing = setTimeout(remember, 200);
  }

  // A row that is opened is followed by one with its details.
  function close(row) {
    const open = opened.get(row);
    if (!open) return;
    row.cells[0].append(open.details);
    open.details.hidden = true;
    open.row.remove();
    opened.delete(row);
    row.querySelector("button").setAttribute("aria-expanded", "false");
  }

  function toggle(row) {
    if (opened.has(row)) return close(row);
    const details = row.querySelector(".details"), extra = document.createElement("tr");
    const cell = extra.insertCell();
    extra.className = "opened";
    cell.colSpan = heads.length;
    details.hidden = false;
    cell.append(details);
    row.after(extra);
    opened.set(row, { row: extra, details });
    row.querySelector("button").setAttribute("aria-expanded", "true");
  }

  // A spreadsheet would run a text that starts with one of these as a formula.
  const csvCell = text => `"${(/^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

  function download() {
    const number = (row, column) => row.cells[column].dataset.value;
    const lines = found.map(row => [
      row.querySelector(".name").textContent, row.cells[0].dataset.value, row.dataset.kind, row.dataset.stage,
      number(row, 3), number(row, 4), number(row, 5), row.dataset.owner.replaceAll("\n", "; "), row.dataset.missing,
    ]);
    lines.unshift(["name", "title", "kind", "stage", "versions", "definitions", "deployments", "owner", "missing"]);
    const csv = lines.map(line => line.map(csvCell).join(",")).join("\r\n");
    const link = document.createElement("a");
    // The byte order mark tells Excel that the text is UTF-8.
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv, "\r\n"], { type: "text/csv" }));
    link.download = `${document.title}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  function sort(head) {
    const column = head.cellIndex, numbers = head.dataset.sort === "number";
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = row => {
      const cell = row.cells[column];
      return numbers ? Number(cell.dataset.value) : (cell.dataset.value ?? cell.textContent);
    };
    const keyed = rows.map((row, place) => [key(row), place, row]);
    keyed.sort(([a, i], [b, j]) => ((numbers ? a - b : order.compare(a, b)) || i - j) * (down ? -1 : 1));
    rows.splice(0, rows.length, ...keyed.map(([, , row]) => row));
  }

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      sort(head);
      filter();
    });
    head.replaceChildren(button);
  }
  for (const button of document.querySelectorAll("button[data-filter]")) {
    button.addEventListener("click", () => {
      for (const select of filters) select.value = "*";
      at(button.dataset.filter).value = button.dataset.value;
      change();
      at("catalogue").scrollIntoView();
    });
  }
  search.addEventListener("input", type);
  for (const select of filters) select.addEventListener("change", change);
  controls.addEventListener("submit", event => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(change));
  showMore.addEventListener("click", () => {
    const first = found[limit];
    limit += PAGE;
    show();
    // The keyboard goes on with the rows that are new.
    first.querySelector("button").focus();
  });
  at("download").addEventListener("click", download);
  addEventListener("hashchange", recall);
  // Paper has no button to show more.
  addEventListener("beforeprint", () => {
    limit = Infinity;
    show();
  });
  addEventListener("afterprint", () => {
    limit = PAGE;
    show();
  });
  heads[0].removeAttribute("aria-sort");
  controls.hidden = false;
  sort(heads[0]);
  recall();
  setTimeout(prepare, 0, 0);
})();
