/* A deadlock's wait-for graph: an arrow leads from who waits to who has what it waits for. Threads in a cycle
 * stand on a circle; otherwise those that wait stand to the left of those that do not. */

const BOX = { width: 150, height: 34 };

function onCircle(names) {
  const radius = Math.max(110, 34 * names.length);
  const places = new Map(names.map((name, index) => {
    const angle = (2 * Math.PI * index) / names.length - Math.PI;
    return [name, { x: 2 * radius + 80 + 1.8 * radius * Math.cos(angle), y: radius + (names.length > 2 ? 60 : 30) + radius * Math.sin(angle) }];
  }));
  return { places, width: 4 * radius + 160, height: names.length > 2 ? 2 * radius + 120 : 2 * radius + 60 };
}

function inColumns(names, edges) {
  const waits = (name) => edges.some((edge) => edge.waiter === name);
  const columns = [names.filter(waits), names.filter((name) => !waits(name))];
  const height = 64 * Math.max(columns[0].length, columns[1].length) + 20;
  const places = new Map(columns.flatMap((column, x) => column.map((name, y) => [name, { x: 90 + 470 * x, y: ((y + 0.5) * height) / column.length }])));
  return { places, width: 650, height };
}

/* Where the line from `from` leaves the box at `to`. */
function edgeOfBox(from, to) {
  const dx = from.x - to.x, dy = from.y - to.y;
  const scale = Math.min(BOX.width / 2 / Math.max(Math.abs(dx), 1e-9), BOX.height / 2 / Math.max(Math.abs(dy), 1e-9));
  return { x: to.x + dx * Math.min(scale, 1), y: to.y + dy * Math.min(scale, 1) };
}

/* Of two threads that wait for each other the arrows bend apart. */
function arrow(edge, from, to, bent) {
  const bend = bent ? 60 : 0, dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy) || 1;
  const middle = { x: (from.x + to.x) / 2 - (dy / length) * bend, y: (from.y + to.y) / 2 + (dx / length) * bend };
  const start = edgeOfBox(middle, from), end = edgeOfBox(middle, to);
  const at = bent ? middle : { x: from.x + BOX.width / 2 + 100, y: from.y };
  const label = (text, dy) => svg("text", { x: at.x, y: at.y + dy, class: "lock" }, text);
  return [svg("path", { d: `M${start.x} ${start.y} Q${middle.x} ${middle.y} ${end.x} ${end.y}`, class: "edge", "marker-end": "url(#arrow)" }),
    label(edge.lock, -6), edge.taken_at ? label("taken at " + edge.taken_at, 10) : null];
}

function box(name, at) {
  return [svg("rect", { x: at.x - BOX.width / 2, y: at.y - BOX.height / 2, width: BOX.width, height: BOX.height, rx: 6 }),
    svg("text", { x: at.x, y: at.y + 5, class: "thread" }, name)];
}

function waitForGraph(deadlock) {
  const names = [...new Set(deadlock.edges.flatMap((edge) => [edge.waiter, edge.owner]))].filter((name) => name !== "");
  const cycle = deadlock.kind === "cycle" && names.length > 1;
  const { places, width, height } = cycle ? onCircle(names) : inColumns(names, deadlock.edges);
  const edges = deadlock.edges.filter((edge) => edge.waiter !== edge.owner && places.has(edge.owner))
    .map((edge) => arrow(edge, places.get(edge.waiter), places.get(edge.owner), cycle));
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "graph", role: "img", style: `max-width: ${width}px`, "aria-label": "Wait-for graph of the deadlock" },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 8, markerHeight: 8, orient: "auto" },
      svg("path", { d: "M0 0 L10 5 L0 10 z" }))),
    edges, names.map((name) => box(name, places.get(name))));
}

function deadlockStory(edge) {
  const waits = `${edge.waiter} waits for ${edge.lock}` + (edge.waiting_at ? ` (${edge.waiting_at})` : "");
  const had = edge.owner === "" ? "" : `; ${edge.owner} took it` + (edge.taken_at ? ` at ${edge.taken_at}` : "");
  return waits + had + (edge.operation === null ? "" : ` in operation ${edge.operation}`) + (edge.point ? `, where ${edge.point} failed` : "");
}

function deadlockSection(variant, deadlock) {
  return el("section", { class: "deadlock" }, heading(3, `Deadlock in ${variant.name}: ${deadlock.kind}`),
    el("p", {}, `Found ${shown(deadlock.detected_ms)} ms after the start, when it had stood for ${shown(deadlock.age_ms)} ms.`
      + (deadlock.confirmed === null ? "" : deadlock.confirmed ? " Kernel and mutex agree with it." : " Kernel or mutex disagree with it.")),
    waitForGraph(deadlock), el("ol", {}, deadlock.edges.map((edge) => el("li", {}, deadlockStory(edge)))));
}
