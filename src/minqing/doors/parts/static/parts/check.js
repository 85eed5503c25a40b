// A slip is checked here, in the browser: nothing of it is sent anywhere. Formats: docs/reference/log.md; verify.py does the
// same, and more. The sentences stand in the page, in its language.
const words = Object.fromEntries([...document.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
const say = (word, ...parts) => words[word].replace(/\{(\d)\}/g, (_, n) => parts[n]);
class Wrong extends Error {}
class Unreadable extends Error {}

const text8 = new TextEncoder();
const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((size, one) => size + one.length, 0));
  parts.reduce((at, one) => { whole.set(one, at); return at + one.length; }, 0);
  return whole;
};
const same = (a, b) => a.length === b.length && a.every((one, n) => one === b[n]);
const hex = (data) => [...data].map((one) => one.toString(16).padStart(2, "0")).join("");
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
const NUMBER = /^(0|[1-9][0-9]{0,14})$/;

function octets(coded, length) {
  let found;
  try { found = Uint8Array.from(atob(coded), (one) => one.charCodeAt(0)); } catch { throw new Unreadable(say("damaged")); }
  if (btoa(String.fromCharCode(...found)) !== coded || (length && found.length !== length)) throw new Unreadable(say("damaged"));
  return found;
}

async function keyOf(line) {
  const [, name, id, coded] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line.trim()) || [];
  if (!name) throw new Unreadable(say("key"));
  const whole = octets(coded, 33);
  const own = await sha256(text8.encode(`${name}\n`), whole);
  if (whole[0] !== 1 || hex(own.slice(0, 4)) !== id) throw new Unreadable(say("key"));
  return { name, id, public: whole.slice(1) };
}

function noteOf(note) {
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n")) throw new Unreadable(say("torn"));
  const lines = note.slice(gap + 2, -1).split("\n").map((line) => {
    const [, name, coded] = /^\u2014 (\S+) (\S+)$/.exec(line) || [];
    if (!name) throw new Unreadable(say("torn"));
    const whole = octets(coded);
    return { name, id: hex(whole.slice(0, 4)), body: whole.slice(4) };
  });
  return { text: note.slice(0, gap + 1), lines };
}

// true: good; null: this browser cannot tell. A signature that does not hold is Wrong.
async function signed(note, key, what) {
  const line = note.lines.find((one) => one.name === key.name && one.id === key.id);
  if (!line) throw new Wrong(say("other-key", what));
  let own;
  try { own = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]); } catch { return null; }
  if (!(await crypto.subtle.verify({ name: "Ed25519" }, own, line.body, text8.encode(note.text)))) throw new Wrong(say("bad-signature", what));
  return true;
}

function headOf(note) {
  const lines = note.text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || !NUMBER.test(lines[1])) throw new Unreadable(say("torn"));
  return { origin: lines[0], size: Number(lines[1]), root: octets(lines[2], 32) };
}

// RFC 9162 §2.1.3.2, without bit operations: sizes may be larger than 32 bits.
async function rootOf(leaf, index, size, path) {
  if (index >= size) throw new Wrong(say("place"));
  let [made, at, last] = [leaf, index, size - 1];
  const half = () => { at = Math.floor(at / 2); last = Math.floor(last / 2); };
  for (const step of path) {
    if (last === 0) throw new Wrong(say("path"));
    const left = at % 2 === 1 || at === last;
    made = left ? await sha256([1], step, made) : await sha256([1], made, step);
    if (left) while (at % 2 === 0 && at !== 0) half();
    half();
  }
  if (last !== 0) throw new Wrong(say("path"));
  return made;
}

function proofOf(text) {
  const gap = text.indexOf("\n\n");
  const lines = text.slice(0, Math.max(gap, 0)).split("\n");
  if (gap < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Unreadable(say("torn"));
  if (lines[0] && lines[0].startsWith("extra ")) lines.shift();
  const index = (lines.shift() || "").replace(/^index /, "");
  if (!NUMBER.test(index) || lines.length > 63) throw new Unreadable(say("torn"));
  return { index: Number(index), path: lines.map((one) => octets(one, 32)), checkpoint: text.slice(gap + 2) };
}

const moment = (second) => new Date(second * 1000).toLocaleString(document.documentElement.lang, { timeZone: "Asia/Shanghai", dateStyle: "long", timeStyle: "short" });

async function check(text, keyLine, tell) {
  if (!globalThis.crypto || !crypto.subtle) throw new Unreadable(say("no-crypto"));
  let slip;
  try { slip = JSON.parse(text); } catch { throw new Unreadable(text.trim().startsWith("{") ? say("torn") : say("no-slip")); }
  const { receipt_promise: promised, tlog_proof: proved, checkpoint } = slip || {};
  if (typeof promised !== "string" || typeof checkpoint !== "string" || !(proved === null || typeof proved === "string")) throw new Unreadable(say("no-slip"));
  const key = await keyOf(keyLine);
  let unsure = false;
  const vouch = (good, what) => { if (good) tell("right", say("signed", what)); else { unsure = true; tell("open", say("use-verify", what)); } };

  const promise = noteOf(promised);
  const told = /^receipt-promise\/v1\norigin (\S+)\nleaf (\S+)\ntime (\d{1,11})\nwithin (\d{1,10})\n$/.exec(promise.text);
  if (!told) throw new Unreadable(say("torn"));
  const [leaf, until] = [octets(told[2], 32), Number(told[3]) + Number(told[4])];
  if (told[1] !== key.name) throw new Wrong(say("other-log", told[1], key.name));
  vouch(await signed(promise, key, say("the-promise")), say("the-promise"));
  tell("right", say("promised", moment(Number(told[3])), moment(until)));

  const notes = [noteOf(checkpoint)];
  const late = Date.now() / 1000 > until;
  let proof = null;
  if (proved !== null) { proof = proofOf(proved); notes.push(noteOf(proof.checkpoint)); }
  const heads = notes.map(headOf);
  for (const [n, note] of notes.entries()) {
    const what = say(n ? "the-proof" : "the-head");
    if (heads[n].origin !== key.name) throw new Wrong(say("other-log", heads[n].origin, key.name));
    vouch(await signed(note, key, what), what);
  }
  tell("right", say("head", String(heads[0].size), hex(heads[0].root).slice(0, 16)));
  if (proof) {
    const made = await rootOf(leaf, proof.index, heads[1].size, proof.path);
    if (!same(made, heads[1].root)) throw new Wrong(say("root"));
    if (heads[0].size === heads[1].size && !same(heads[0].root, heads[1].root)) throw new Wrong(say("fork"));
    tell("right", say("in-log", String(proof.index + 1), String(heads[1].size)));
  } else tell("open", late ? say("overdue") : say("not-yet"));
  tell("open", say("your-words"));
  return late && !proof ? "late" : unsure ? "unsure" : proof ? "all-right" : "promise-only";
}

const [pane, field, file, key, list, verdict] = ["check", "check-text", "check-file", "check-key", "check-told", "check-verdict"].map((id) => document.getElementById(id));
const MARKS = { right: "✓", wrong: "✗", open: "–" };
const KINDS = { "all-right": "say-kept", "promise-only": "say-kept", late: "say-soon", unsure: "say-soon", wrong: "say-wrong", unreadable: "say-soon" };

function tell(kind, sentence) {
  const [line, mark] = [document.createElement("li"), document.createElement("span")];
  mark.textContent = MARKS[kind];
  mark.setAttribute("aria-hidden", "true");
  line.className = { right: "told-right", wrong: "told-wrong", open: "told-open" }[kind];
  line.append(mark, sentence);
  list.append(line);
}

async function run(text) {
  list.replaceChildren();
  let found;
  try { found = await check(text.trim().replace(/^\ufeff/, ""), key.value, tell); } catch (fault) {
    if (!(fault instanceof Wrong || fault instanceof Unreadable)) console.error(fault);
    found = fault instanceof Wrong ? "wrong" : "unreadable";
    tell("wrong", fault instanceof Wrong || fault instanceof Unreadable ? fault.message : say("damaged"));
  }
  verdict.className = `say ${KINDS[found]}`;
  verdict.dataset.found = found;
  verdict.lastElementChild.textContent = say(found);
  verdict.firstElementChild.textContent = { "say-kept": "✓", "say-wrong": "▲", "say-soon": "◐" }[KINDS[found]];
  verdict.hidden = false;
  verdict.focus();
}

if (pane) {
  pane.hidden = false;
  document.getElementById("check-go").addEventListener("click", () => run(field.value));
  file.addEventListener("change", async () => {
    const one = file.files[0];
    if (!one) return;
    field.value = one.size > 1 << 20 ? "" : await one.text();
    await run(field.value);
    file.value = "";
  });
}
