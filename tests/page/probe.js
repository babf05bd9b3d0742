/* Stands behind everything else in the page: uses it as a person would, and writes what it found into it, a line
 * for each thing. page.sh knows what they must be. */
addEventListener("load", () => {
  const lines = [];
  const say = (name, value) => lines.push(name + ": " + value);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const span = (chart) => { const [low, high] = chart.graph.xAxisRange(); return high - low; };
  const press = (text) => all("button").find((button) => button.textContent === text).click();

  say("verdicts", all(".sentence .badge").map((badge) => badge.textContent).join(" "));
  say("scheme", getComputedStyle(document.body).backgroundColor === "rgb(255, 255, 255)" ? "light" : "dark");

  if (groups.length > 0) {
    const { charts } = groups[0], whole = span(charts[0]);
    say("charts drawn", charts.every((chart) => isDrawn(chart.place.querySelector("canvas"))));
    press("Zoom in");
    say("zoomed in", Math.abs(span(charts[0]) * 2 - whole) < 1e-6 * whole);
    say("zoomed together", charts.every((chart) => span(chart) === span(charts[0])));
    press("Whole time");
    say("zoomed out", Math.abs(span(charts[0]) - whole) < 1e-6 * whole);
    const figures = all("figure details")[0];
    figures.open = true;
    figures.dispatchEvent(new Event("toggle"));
    say("figures behind the chart", figures.querySelectorAll("tbody tr").length === charts[0].rows.length);
  }

  const findings = all(".table").find((found) => found.querySelector("caption").textContent === "Findings");
  if (findings) {
    const rows = () => [...findings.querySelectorAll("tbody > tr:not(.detail)")].filter((row) => row.cells.length > 1);
    const head = [...findings.querySelectorAll("th")].find((found) => ["Times", "Runs"].includes(found.textContent));
    const values = () => rows().map((row) => Number(row.cells[head.cellIndex].textContent.replace(/,/g, "")));
    const before = rows().length;
    const isSorted = (sign) => values().every((value, i, list) => i === 0 || sign * (value - list[i - 1]) >= 0);
    head.querySelector("button").click();
    say("sorted up", isSorted(1) && head.getAttribute("aria-sort") === "ascending");
    head.querySelector("button").click();
    say("sorted down", isSorted(-1) && head.getAttribute("aria-sort") === "descending");
    const search = findings.querySelector("input");
    search.value = "no such word";
    search.dispatchEvent(new Event("input"));
    say("filtered", rows().length === 0 && findings.textContent.includes("nothing"));
    search.value = "";
    search.dispatchEvent(new Event("input"));
    say("unfiltered", rows().length === before);
    const fold = findings.querySelector(".fold");
    if (fold) {
      fold.focus();
      fold.click();
      say("unfolded", document.activeElement === fold && !findings.querySelector(".detail").hidden);
    }
  }

  say("threads in graphs", all(".graph rect").length);
  say("images", all("img").length);
  say("text stays text", document.body.textContent.includes("<" + "/script><img src=x onerror=alert(1)>"));
  say("wider than the window", document.documentElement.scrollWidth > innerWidth);
  say("requests", performance.getEntriesByType("resource").length);
  say("errors", probedErrors.length === 0 ? "none" : probedErrors.join("; "));
  document.body.replaceChildren(el("pre", { id: "probe" }, "\n" + lines.join("\n") + "\n"));
});

/* Whether anything was painted. */
function isDrawn(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((byte) => byte !== 0);
}
