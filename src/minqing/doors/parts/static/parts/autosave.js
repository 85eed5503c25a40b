// Keeps what is being typed until it has been sent, so that a reload or a dead battery costs nothing.
// A form with data-keep="name" keeps its draft in this tab; with data-keep-for="device" for a week on this device.
// The page that confirms sending carries data-sent="name". Off on shared machines (<html data-kiosk>).
const root = document.documentElement;
const WEEK = 7 * 24 * 3600 * 1000;
const name = (form) => `draft:${form.dataset.keep}`;
const shelf = (form) => (form.dataset.keepFor === "device" ? localStorage : sessionStorage);
const kept = (form) => [...form.elements].filter((part) =>
  part.name && !["hidden", "password", "file", "submit", "button"].includes(part.type) && !("noKeep" in part.dataset));

function read(form) {
  try {
    const draft = JSON.parse(shelf(form).getItem(name(form)));
    return draft && Date.now() - draft.at < WEEK ? draft : null;
  } catch { return null; }
}
// Only what the person changed: what the page itself proposed is proposed again.
const changed = (part) => (/radio|checkbox/.test(part.type) ? part.checked !== part.defaultChecked
  : part.options ? [...part.options].some((one) => one.selected !== one.defaultSelected) : part.value !== part.defaultValue);
function write(form, sent) {
  const all = form.hasAttribute("data-typed");
  const values = kept(form).filter((part) => all || changed(part)).map((part) => [part.name, part.value, /radio|checkbox/.test(part.type) ? part.checked : null]);
  try { shelf(form).setItem(name(form), JSON.stringify({ at: Date.now(), sent, values })); } catch { /* full or forbidden: the page still works */ }
}
function drop(form) { try { shelf(form).removeItem(name(form)); } catch { /* nothing was kept */ } }

function restore(form, draft) {
  let back = 0;
  const parts = kept(form);
  for (const [key, value, ticked] of draft.values) {
    const part = parts.find((one) => one.name === key && (ticked === null || one.value === value));
    if (!part) continue;
    if (ticked !== null) part.checked = ticked;
    else if (part.value !== value && value !== "" && (part.value === part.defaultValue || part.tagName === "SELECT")) { part.value = value; back += value.length; }
  }
  return back;
}
function say(form, id, act) {
  const said = document.getElementById(id)?.content.firstElementChild?.cloneNode(true);
  if (!said) return;
  said.querySelector("[data-act]")?.addEventListener("click", () => { act(); said.remove(); });
  said.querySelector("[data-drop]")?.addEventListener("click", () => { drop(form); said.remove(); });
  form.prepend(said);
}

function watch(form) {
  const draft = read(form);
  // After an answer with errors the server has put everything back itself.
  if (draft && !form.querySelector(".is-wrong, .say-wrong") && !form.hasAttribute("data-typed")) {
    if (draft.sent && "carried" in form.dataset) drop(form); // the page itself brought everything back
    else if (draft.sent) say(form, "draft-offer", () => restore(form, draft));
    else if (restore(form, draft)) say(form, "draft-back", () => { drop(form); form.reset(); });
  }
  let wait = 0;
  form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(write, 500, form, false); });
  addEventListener("pagehide", () => { if (wait) { clearTimeout(wait); write(form, form.dataset.gone === "1"); } });
  form.addEventListener("submit", () => { form.dataset.gone = "1"; write(form, true); });
}

for (const done of document.querySelectorAll("[data-sent]")) {
  for (const where of [sessionStorage, localStorage]) try { where.removeItem(`draft:${done.dataset.sent}`); } catch { /* forbidden */ }
}
// A page that sends the person to sign in first: what was sent did not arrive and comes back by itself afterwards.
if (document.querySelector("[data-unsent]")) for (const where of [sessionStorage, localStorage]) try {
  for (const key of Object.keys(where).filter((one) => one.startsWith("draft:"))) where.setItem(key, JSON.stringify({ ...JSON.parse(where.getItem(key)), sent: false }));
} catch { /* forbidden */ }
if (!root.hasAttribute("data-kiosk")) document.querySelectorAll("form[data-keep]").forEach(watch);

// A second press of a button sends nothing twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.busy) { event.preventDefault(); return; }
  form.dataset.busy = "1";
  setTimeout(() => delete form.dataset.busy, 4000);
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.busy; });

// Errors are read out first.
document.querySelector("[data-focus]")?.focus();
