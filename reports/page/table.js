/* Tables: sorted by the head of a column, filtered by a word, rows that unfold. A column is
 * { title, of(row), numeric, node(row) }: `of` is what is sorted and filtered by, `node` what is shown. */

function compareValues(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), "en", { numeric: true });
}

function cell(column, row) {
  const content = column.node ? column.node(row) : shown(column.of(row));
  return el("td", { class: column.numeric ? "number" : null }, content);
}

/* A row, and the one that it unfolds. */
function rowsOf(columns, row, more) {
  const cells = columns.map((column) => cell(column, row));
  if (!more) return [el("tr", {}, cells)];
  const detail = el("tr", { class: "detail", hidden: true });
  const button = el("button", { type: "button", class: "fold", "aria-expanded": "false", "aria-label": "More of this row" }, "▸");
  button.addEventListener("click", () => {
    if (!detail.firstChild) detail.append(el("td", { colspan: columns.length + 1 }, more(row)));
    detail.hidden = !detail.hidden;
    button.setAttribute("aria-expanded", String(!detail.hidden));
    button.textContent = detail.hidden ? "▸" : "▾";
  });
  return [el("tr", {}, el("td", {}, button), cells), detail];
}

function table(caption, columns, rows, { more = null, sorted = false, filtered = false } = {}) {
  const body = el("tbody");
  const state = { by: null, down: false, word: "" };
  const heads = columns.map((column) => {
    if (!sorted) return el("th", { scope: "col", class: column.numeric ? "number" : null }, column.title);
    const head = el("th", { scope: "col", "aria-sort": "none", class: column.numeric ? "number" : null },
      el("button", { type: "button", class: "sort", onclick: () => sortBy(column, head) }, column.title));
    return head;
  });

  function sortBy(column, head) {
    state.down = state.by === column && !state.down;
    state.by = column;
    for (const other of heads) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    draw();
  }

  function draw() {
    const word = state.word.toLowerCase();
    const chosen = rows.filter((row) => word === "" || columns.some((column) => String(column.of(row) ?? "").toLowerCase().includes(word)));
    if (state.by) chosen.sort((a, b) => compareValues(state.by.of(a), state.by.of(b)) * (state.down ? -1 : 1));
    body.replaceChildren(...chosen.flatMap((row) => rowsOf(columns, row, more)));
    if (chosen.length === 0) body.append(el("tr", {}, el("td", { colspan: columns.length + 1 }, "nothing")));
  }

  draw();
  const search = !filtered ? null : el("input", { type: "search", placeholder: "Filter", "aria-label": "Filter: " + caption,
    oninput: (event) => { state.word = event.target.value; draw(); } });
  return el("div", { class: "table" }, search, el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("caption", {}, caption),
      el("thead", {}, el("tr", {}, more ? el("td", {}) : null, heads)), body)));
}
