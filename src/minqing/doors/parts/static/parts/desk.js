// Keys of the desk: j k move, Enter opens, x picks, / finds, ? shows the keys, Esc goes back.
// Any other single key presses the element with that data-key, first in the row the mark stands on, then on the page.
const keys = document.getElementById("keys");
const typing = (spot) => spot.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-row]")];
const here = () => document.querySelector("[data-row].is-here");

function mark(row) {
  here()?.classList.remove("is-here");
  if (!row) return;
  row.classList.add("is-here");
  const link = row.querySelector("a");
  link?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}
function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here());
  mark(all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))]);
}
function find(key) {
  const spot = `[data-key="${CSS.escape(key)}"]:not([disabled])`;
  return here()?.querySelector(spot) ?? [...document.querySelectorAll(spot)].find((one) => !one.closest("[data-row]"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
    if (typing(event.target)) event.target.blur();
    else document.querySelector("[data-key=Escape]")?.click();
    return;
  }
  if (typing(event.target) || keys?.open) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "?") keys?.showModal();
  else if (event.key === "/") document.querySelector("[data-find]")?.focus();
  else if (event.key === "x") here()?.querySelector("input[type=checkbox]")?.click();
  else if (event.key.length === 1 && find(event.key)) find(event.key).click();
  else return;
  event.preventDefault();
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && row !== here()) { here()?.classList.remove("is-here"); row.classList.add("is-here"); }
});
document.addEventListener("click", (event) => {
  if (event.target.closest('[data-key="?"]')) { event.preventDefault(); keys?.showModal(); }
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.removeAttribute("open");
});
// How many are picked; the boxes stand in the rows and belong to the form #bulk by name.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form || event.target.type !== "checkbox") return;
  const boxes = [...document.querySelectorAll("[data-row] input[type=checkbox]")].filter((box) => box.form === form);
  if (event.target.matches("[data-all]")) for (const box of boxes) box.checked = event.target.checked;
  const bar = document.querySelector("[data-picked]");
  if (bar) bar.textContent = boxes.filter((box) => box.checked).length;
});
if (matchMedia("(max-width: 60rem)").matches) document.querySelector("[data-rail]")?.removeAttribute("open");
// One more row of a form: a copy of the last one, emptied. Without this the button asks the server for it.
document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-addrow]");
  if (!more) return;
  const last = [...more.parentElement.querySelectorAll("[data-formrow]")].at(-1);
  const row = last.cloneNode(true);
  const name = more.parentElement.dataset.rows;
  const n = more.parentElement.querySelectorAll("[data-formrow]").length;
  const old = `${name}-${n - 1}-`, fresh = `${name}-${n}-`;
  for (const part of row.querySelectorAll("*")) for (const at of ["id", "name", "for", "aria-describedby"])
    if (part.hasAttribute(at)) part.setAttribute(at, part.getAttribute(at).replace(old, fresh));
  for (const part of row.querySelectorAll("input, textarea, select")) part.tagName === "SELECT" ? (part.selectedIndex = 0) : (part.value = "");
  const legend = row.querySelector("legend");
  if (legend) legend.textContent = legend.textContent.replace(/\d+/, n + 1);
  last.after(row);
  row.querySelector("input, textarea, select")?.focus();
  event.preventDefault();
});
// After a row was accepted in place the mark goes on to the next one.
document.addEventListener("htmx:afterSwap", (event) => {
  const row = event.target.closest?.("[data-row]") ?? document.getElementById(event.detail.target?.id);
  if (!row?.hasAttribute("data-row")) return;
  row.classList.remove("is-here");
  mark(row.nextElementSibling?.hasAttribute("data-row") ? row.nextElementSibling : row);
});
