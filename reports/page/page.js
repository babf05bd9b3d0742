/* The page: what kind of document it is, and its sections one below the other. */

const groups = [];

const VARIANT_COLUMNS = [
  { title: "Variant", of: (v) => v.name },
  { title: "Verdict", of: (v) => v.verdict, node: (v) => [badge(v.verdict), v.control ? " as expected" : null] },
  { title: "Ended", of: (v) => v.ended },
  { title: "Operations", of: (v) => v.operations.started, numeric: true },
  { title: "Faults", of: (v) => v.faults.injected, numeric: true },
  { title: "Descriptors: peak", of: (v) => v.fds.peak, numeric: true },
  { title: "at the end", of: (v) => v.fds.final, numeric: true },
  { title: "leaked", of: (v) => v.fds.leaked, numeric: true },
  { title: "EMFILE at operation", of: (v) => v.emfile.first_operation, numeric: true },
  { title: "Locks left", of: (v) => v.locks.left_held, numeric: true },
  { title: "Deadlocks", of: (v) => v.deadlocks.length, numeric: true },
  { title: "Torn results", of: (v) => v.stored.torn, numeric: true },
  { title: "Temporary files", of: (v) => v.temp_files, numeric: true },
  { title: "Time in ms", of: (v) => v.duration_ms, numeric: true },
];

const FINDING_COLUMNS = [
  { title: "Variant", of: (f) => f.variant },
  { title: "Kind", of: (f) => f.kind },
  { title: "Times", of: (f) => f.count, numeric: true },
  { title: "Taken at", of: (f) => f.taken_at ?? f.released_at },
  { title: "After a fault at", of: (f) => f.point },
  { title: "Errno", of: (f) => f.errno },
];

const SWEEP_COLUMNS = [
  { title: "Id", of: (f) => f.id, numeric: true },
  { title: "Kind", of: (f) => f.kind, node: (f) => badge(f.kind) },
  { title: "Severity", of: (f) => f.severity },
  { title: "Resource", of: (f) => f.resource },
  { title: "At", of: (f) => f.taken_at ?? f.failed_at },
  { title: "Fault", of: (f) => f.point },
  { title: "Errno", of: (f) => f.errno },
  { title: "Mode", of: (f) => f.mode },
  { title: "Runs", of: (f) => f.count, numeric: true },
  { title: "Came again", of: (f) => f.reproduced },
];

const COVERAGE_COLUMNS = [
  { title: "Point", of: (p) => p.point },
  { title: "Calls", of: (p) => p.calls, numeric: true },
  { title: "Contexts", of: (p) => p.contexts, numeric: true },
  { title: "Contexts failed", of: (p) => p.failed, numeric: true },
  { title: "Never failed", of: (p) => p.contexts - p.failed, numeric: true },
];

// Of a workload: each errno of each point.
const ERRNO_COLUMNS = [
  { title: "Point", of: (p) => p.point },
  { title: "Errno", of: (p) => p.errno },
  { title: "Reached", of: (p) => (p.reached ? "yes" : "no") },
  { title: "Calls failed", of: (p) => (p.reached ? p.failed : null), numeric: true },
];

function findingMore(finding) {
  return el("div", {}, facts([["Coordinate", finding.coordinate], ["Signature", finding.signature], ["Wrongly released at", finding.released_at], ["Bytes", finding.bytes ? shown(finding.bytes) : null]]));
}

function sweepMore(finding) {
  const second = finding.second ? `${finding.second.point} ${finding.second.errno} at ${finding.second.coordinate}` : null;
  return el("div", {}, facts([["What", finding.detail], ["Coordinate", finding.coordinate], ["Failed at", finding.failed_at], ["Second fault", second],
    ["Signature", finding.signature], ["Known", finding.suppressed], ["Replay", copyable(finding.replay)]]),
  finding.stack.length > 0 ? el("ol", { class: "stack" }, finding.stack.map((frame) => el("li", {}, el("code", {}, frame)))) : null);
}

/* How often each point was failed in each variant: one that was never met has a dash. */
function comparisonCoverage(comparison) {
  const points = [...new Set(comparison.variants.flatMap((v) => Object.keys(v.faults.by_point).filter((point) => v.faults.by_point[point] > 0)))];
  if (points.length === 0) return null;
  const columns = [{ title: "Point", of: (point) => point },
    ...comparison.variants.map((v) => ({ title: v.name, of: (point) => v.faults.by_point[point] ?? null, numeric: true }))];
  return el("details", {}, el("summary", {}, "Coverage: " + counted(points.length, "point") + " failed"), table("Faults by point and variant", columns, points, { sorted: true, filtered: true }));
}

function comparisonSections(comparison, level) {
  const findings = comparison.variants.flatMap((v) => v.findings.map((finding) => ({ ...finding, variant: v.name })));
  const { node, group } = charts(comparison);
  if (group) groups.push(group);
  const notes = comparison.variants.filter((v) => v.note || v.last_words).map((v) => el("li", {}, v.name + ": " + [v.note, v.last_words && "last words: " + v.last_words].filter(Boolean).join("; ")));
  return el("section", {}, heading(level, comparison.workload ?? comparison.program), el("p", { class: "sentence" }, badge(comparison.verdict), " ", comparison.sentence),
    facts([["Seed", String(comparison.seed)], ["Faults", comparison.faults], ["Workers", comparison.workers], ["Limit of descriptors", shown(comparison.limit_fds)]]),
    table("Variants", VARIANT_COLUMNS, comparison.variants), notes.length > 0 ? el("ul", {}, notes) : null, node,
    comparison.variants.flatMap((v) => v.deadlocks.map((deadlock) => deadlockSection(v, deadlock))),
    heading(level + 1, "Findings"), table("Findings", FINDING_COLUMNS, findings, { more: findingMore, sorted: true, filtered: true }), comparisonCoverage(comparison));
}

/* One table for each resource: idioms down, exit paths across. */
function exitsSections(exits, level) {
  const matrix = (resource) => {
    const columns = [{ title: "Idiom", of: (idiom) => idiom.name }, ...exits.paths.map((path) => ({ title: path,
      of: (idiom) => stateOf(exits, idiom.name, path, resource), node: (idiom) => badge(stateOf(exits, idiom.name, path, resource)) }))];
    return [heading(level + 1, resource), table(resource, columns, exits.idioms)];
  };
  return el("section", {}, heading(level, "Every exit path"), el("p", { class: "sentence" }, badge(exits.verdict), " ", exits.sentence), exits.resources.map(matrix));
}

function stateOf(exits, idiom, path, resource) {
  const found = exits.cells.find((c) => c.idiom === idiom && c.path === path && c.resource === resource);
  return found ? found.outcome : "–";
}

function sweepSections(sweep, level) {
  const outcomes = Object.entries(sweep.outcomes).map(([kind, count]) => ({ kind, count }));
  return el("section", {}, heading(level, sweep.command.join(" ")), el("p", { class: "sentence" }, badge(sweep.verdict), " ", sweep.sentence),
    facts([["Runs with a fault", shown(sweep.runs)], ["Planned", shown(sweep.planned)], ["Points", shown(sweep.points)], ["Contexts", shown(sweep.contexts)], ["Calls", shown(sweep.calls)], ["Seconds", shown(sweep.wall_s)], ["Note", sweep.note]]),
    table("Outcomes", [{ title: "Outcome", of: (o) => o.kind }, { title: "Runs", of: (o) => o.count, numeric: true }], outcomes, { sorted: true }),
    heading(level + 1, "Findings"), table("Findings", SWEEP_COLUMNS, sweep.findings, { more: sweepMore, sorted: true, filtered: true }),
    heading(level + 1, "Coverage"), table("Coverage", sweep.workload ? ERRNO_COLUMNS : COVERAGE_COLUMNS, sweep.coverage, { sorted: true, filtered: true }));
}

const DAY_COLUMNS = [
  { title: "Day", of: (d) => d.day },
  { title: "Runs", of: (d) => d.runs, numeric: true },
  { title: "Operations", of: (d) => d.operations, numeric: true },
  { title: "Faults", of: (d) => d.faults, numeric: true },
  { title: "Faults per second", of: (d) => (d.duration_ms > 0 ? Math.floor((1000 * d.faults) / d.duration_ms) : null), numeric: true },
  { title: "Findings", of: (d) => d.findings, numeric: true },
  { title: "Leaks per 1,000 faults", of: (d) => (d.faults > 0 && d.leaked !== null ? Math.round((10000 * d.leaked) / d.faults) / 10 : null), numeric: true },
  { title: "EMFILE at operation", of: (d) => d.emfile_operation, numeric: true },
  { title: "Points failed", of: (d) => d.points, numeric: true },
  { title: "Contexts", of: (d) => d.contexts, numeric: true },
  { title: "Contexts failed", of: (d) => d.contexts_failed, numeric: true },
];

const HISTORY_COLUMNS = [
  { title: "Kind", of: (h) => h.kind },
  { title: "At", of: (h) => h.place },
  { title: "After a fault at", of: (h) => h.point },
  { title: "First day", of: (h) => h.first },
  { title: "Last day", of: (h) => h.last },
  { title: "Runs", of: (h) => h.runs, numeric: true },
  { title: "Signature", of: (h) => h.signature },
];

function trendSections(trend, level) {
  return el("section", {}, trend.subjects.map((one) => el("section", {}, heading(level, one.subject), table("Days", DAY_COLUMNS, one.days, { sorted: true }),
    one.findings.length > 0 ? table("Findings", HISTORY_COLUMNS, one.findings, { sorted: true, filtered: true }) : null)));
}

function sections(shownDocument, level) {
  if (Array.isArray(shownDocument)) return el("section", {}, shownDocument.map((one) => sections(one, level)));
  switch (shownDocument.format) {
    case "exeunt-suite":
      return el("section", {}, el("p", { class: "sentence" }, badge(shownDocument.verdict), " ", shownDocument.sentence), shownDocument.comparisons.map((one) => sections(one, level)));
    case "exeunt-exits":
      return exitsSections(shownDocument, level);
    case "exeunt-sweep":
      return sweepSections(shownDocument, level);
    case "exeunt-trend":
      return trendSections(shownDocument, level);
    default:
      return comparisonSections(shownDocument, level);
  }
}

function environmentSection(environment) {
  if (!environment) return null;
  return el("section", {}, heading(2, "Environment"), facts([["Run", environment.run], ["Started", environment.started], ["exeunt", environment.exeunt], ["Kernel", environment.kernel], ["C library", environment.libc],
    ["Host", environment.host], ["Machine", environment.machine], ["Folder", environment.folder], ["Commit of the target", environment.target_commit]]));
}

function nameOf(shownDocument) {
  if (Array.isArray(shownDocument)) return nameOf(shownDocument[0]);
  if (shownDocument.format === "exeunt-suite") return "all workloads";
  if (shownDocument.format === "exeunt-trend") return "results over nights";
  return shownDocument.workload ?? shownDocument.program ?? (shownDocument.command || []).join(" ");
}

(function show() {
  const data = JSON.parse(document.getElementById("data").textContent);
  document.title = "exeunt: " + nameOf(data.document);
  document.getElementById("page").append(heading(1, "exeunt"), sections(data.document, 2), environmentSection(data.environment));
  for (const group of groups) group.draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => groups.forEach((group) => group.draw()));
})();
