/* Elements. Text only ever becomes a text node: what comes from a target stays text. */
"use strict";

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {}))
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined) element.append(child instanceof Node ? child : String(child));
  return element;
}

function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function heading(level, text) {
  return el("h" + level, {}, text);
}

function counted(count, one) {
  return count.toLocaleString("en") + " " + one + (count === 1 ? "" : "s");
}

/* A number as it is shown; what is not known is a dash. */
function shown(value) {
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "number" ? value.toLocaleString("en") : String(value);
}

function badge(word) {
  return el("span", { class: "badge " + String(word).replace(/[^a-z-]/g, "") }, word);
}

/* Where there is no clipboard to write to, the text is selected instead. */
function copyable(text) {
  const code = el("code", {}, text);
  const button = el("button", { type: "button", class: "copy", onclick: () => copy(text, code, button) }, "Copy");
  return el("span", { class: "copyable" }, code, " ", button);
}

function copy(text, code, button) {
  const select = () => {
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  };
  if (!navigator.clipboard) return select();
  navigator.clipboard.writeText(text).then(() => { button.textContent = "Copied"; }, select);
}

/* Pairs of a name and what it is. */
function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", { class: "facts" }, known.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}
