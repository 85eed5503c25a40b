// A machine that many share: five minutes after the last key, touch or scroll, what somebody left open is gone.
const IDLE_MS = 5 * 60 * 1000;
let last = Date.now();
for (const sign of ["keydown", "pointerdown", "input", "scroll"]) {
  addEventListener(sign, () => { last = Date.now(); }, { passive: true, capture: true });
}
setInterval(() => { if (Date.now() - last >= IDLE_MS && location.pathname !== "/") location.replace("/leave/start"); }, 5000);
