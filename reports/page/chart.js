/* Charts over time: all variants of a comparison on one axis, all charts of it zoomed together. */

const SERIES_COLORS = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5", "--series-6", "--series-7", "--series-8"];

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/* Rows of [t_ms, value of each variant]: variants are sampled at times of their own, and between two of its
 * samples a variant has none. */
function seriesRows(variants, key) {
  const rows = new Map();
  variants.forEach((variant, index) => {
    const samples = variant.samples;
    samples.t_ms.forEach((t, i) => {
      if (!rows.has(t)) rows.set(t, [t, ...variants.map(() => null)]);
      rows.get(t)[index + 1] = samples[key][i];
    });
  });
  return [...rows.values()].sort((a, b) => a[0] - b[0]);
}

function hasSeries(variants, key) {
  return variants.some((variant) => (variant.samples[key] || []).some((value) => value > 0));
}

/* When faults were injected: the moments at which their number had grown. */
function faultTimes(variant) {
  const { t_ms: times, faults = [] } = variant.samples;
  return times.filter((t, i) => faults[i] > (i > 0 ? faults[i - 1] : 0));
}

/* Below the lines, for each variant a row of ticks; and a line up where it met its end. */
function drawRug(context, area, graph, variants) {
  variants.forEach((variant, index) => {
    context.strokeStyle = style(SERIES_COLORS[index]);
    context.lineWidth = 1;
    const bottom = area.y + area.h - 4 * index;
    for (const t of faultTimes(variant)) {
      const x = graph.toDomXCoord(t);
      context.beginPath();
      context.moveTo(x, bottom);
      context.lineTo(x, bottom - 3);
      context.stroke();
    }
    for (const deadlock of variant.deadlocks) drawEvent(context, area, graph.toDomXCoord(deadlock.detected_ms));
  });
}

function drawEvent(context, area, x) {
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(x, area.y);
  context.lineTo(x, area.y + area.h);
  context.stroke();
  context.setLineDash([]);
}

function drawLimit(context, area, graph, limit) {
  const y = graph.toDomYCoord(limit);
  context.strokeStyle = style("--bad");
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(area.x, y);
  context.lineTo(area.x + area.w, y);
  context.stroke();
  context.setLineDash([]);
}

function options(chart, group) {
  return {
    labels: ["ms", ...chart.variants.map((variant) => variant.name)],
    colors: chart.variants.map((_, index) => style(SERIES_COLORS[index])),
    connectSeparatedPoints: true,
    strokeWidth: 2,
    legend: "always",
    labelsDiv: chart.legend,
    xlabel: "time in ms",
    axisLineColor: style("--line"),
    gridLineColor: style("--line"),
    axes: { y: { axisLabelWidth: 60, includeZero: true } },
    includeZero: true,
    dateWindow: chart.graph ? chart.graph.xAxisRange() : null,
    underlayCallback: (context, area, graph) => {
      if (chart.limit) drawLimit(context, area, graph, chart.limit);
      if (chart.rug) drawRug(context, area, graph, chart.variants);
    },
    drawCallback: (graph, first) => { if (!first) group.follow(graph); },
    zoomCallback: () => {},
  };
}

/* Charts that show the same stretch of time. */
class ChartGroup {
  constructor() {
    this.charts = [];
    this.following = false;
  }

  follow(leader) {
    if (this.following) return;
    this.following = true;
    const range = leader.xAxisRange();
    for (const { graph } of this.charts) {
      if (!graph || graph === leader) continue;
      const own = graph.xAxisRange();
      if (own[0] !== range[0] || own[1] !== range[1]) graph.updateOptions({ dateWindow: range });
    }
    this.following = false;
  }

  extent() {
    const times = this.charts.flatMap((chart) => [chart.rows[0][0], chart.rows[chart.rows.length - 1][0]]);
    return [Math.min(...times), Math.max(...times, Math.min(...times) + 1)];
  }

  zoom(factor) {
    const [low, high] = this.charts[0].graph.xAxisRange();
    const middle = (low + high) / 2, half = ((high - low) / 2) * factor, [first, last] = this.extent();
    this.charts[0].graph.updateOptions({ dateWindow: [Math.max(first, middle - half), Math.min(last, middle + half)] });
  }

  reset() {
    this.charts[0].graph.updateOptions({ dateWindow: this.extent() });
  }

  draw() {
    for (const chart of this.charts) {
      if (chart.graph) chart.graph.updateOptions(options(chart, this));
      else chart.graph = new Dygraph(chart.place, chart.rows, options(chart, this));
    }
    this.reset();
  }
}

function dataBehind(title, variants, rows) {
  const columns = ["ms", ...variants.map((variant) => variant.name)].map((name, index) => ({ title: name, of: (row) => row[index], numeric: true }));
  const details = el("details", {}, el("summary", {}, "The figures: " + title));
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(table(title, columns, rows)); });
  return details;
}

const CHARTS = [
  { key: "fds", title: "Open descriptors", rug: true },
  { key: "held_locks", title: "Held locks" },
  { key: "waiting", title: "Threads that wait for a lock" },
  { key: "children", title: "Children" },
  { key: "temp_files", title: "Temporary files" },
];

/* Every figure that any variant has, over time. The group is drawn once it stands in the page. */
function charts(comparison) {
  const variants = comparison.variants.filter((variant) => variant.samples.t_ms.length > 0);
  const group = new ChartGroup();
  if (variants.length === 0) return { node: null, group: null };
  const figures = CHARTS.filter((kind) => kind.key === "fds" || hasSeries(variants, kind.key)).map((kind) => {
    const chart = { ...kind, variants, rows: seriesRows(variants, kind.key), limit: kind.key === "fds" ? comparison.limit_fds : null,
      place: el("div", { class: "chart", role: "img", "aria-label": kind.title + " over time; the figures stand below" }), legend: el("div", { class: "legend" }) };
    group.charts.push(chart);
    const note = kind.rug ? "Ticks at the bottom: faults. Broken lines: the limit across, deadlocks upright." : null;
    return el("figure", {}, el("figcaption", {}, kind.title, note ? el("small", {}, " " + note) : null), chart.legend, chart.place,
      dataBehind(kind.title, variants, chart.rows));
  });
  const button = (text, act) => el("button", { type: "button", onclick: act }, text);
  const tools = el("p", { class: "tools" }, button("Zoom in", () => group.zoom(0.5)), button("Zoom out", () => group.zoom(2)), button("Whole time", () => group.reset()),
    el("small", {}, " or drag over a chart; double-click for the whole"));
  return { node: el("section", { class: "charts" }, tools, figures), group };
}
