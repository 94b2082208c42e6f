// Numbers that move: listens to the Server-Sent Events of [data-live] and writes what comes into every [data-key].
// Says so when the connection is lost or the numbers are old. Parts under [data-refresh] are fetched anew as HTML.

const page = document.querySelector("[data-live]");
const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat(language === "vi" ? "vi-VN" : "en-GB", {
  timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh",
});
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const RETRY_MS = 5000;
const LOST_AFTER_MS = 3000;
const TWEEN_MS = 600;

let source;
let lostTimer;
let moved = false;

function written(value, unit = "") {
  return value === null ? "–" : numbers.format(value).replace("-", "\u2212") + unit;
}

function show(element, value) {
  const before = element.value === "" ? NaN : Number(element.value);
  element.value = value ?? "";
  if (value === before) return;
  if (calm.matches || value === null || Number.isNaN(before) || !Number.isInteger(value)) {
    element.textContent = written(value, element.dataset.unit);
  } else {
    tween(element, before, value);
  }
  element.classList.remove("moved");
  requestAnimationFrame(() => element.classList.add("moved"));
}

function tween(element, from, to) {
  const start = performance.now();
  const mine = String(to);
  const step = (now) => {
    if (element.value !== mine) return; // a newer number has come
    const part = Math.min(1, (now - start) / TWEEN_MS);
    element.textContent = written(Math.round(from + (to - from) * (1 - (1 - part) ** 3)));
    if (part < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function tick(event) {
  const said = JSON.parse(event.data);
  for (const [part, values] of Object.entries(said)) {
    if (typeof values !== "object" || values === null) continue;
    for (const [key, value] of Object.entries(values)) {
      for (const element of document.querySelectorAll(`[data-key="${part}.${key}"]`)) show(element, value);
    }
  }
  moved = true;
  for (const element of document.querySelectorAll("[data-as-of]")) element.textContent = clock.format(new Date());
  state("live");
}

function state(name) {
  clearTimeout(lostTimer);
  lostTimer = undefined;
  for (const notice of document.querySelectorAll("[data-when]")) notice.hidden = notice.dataset.when !== name;
}

function lost() {
  lostTimer ??= setTimeout(() => state("lost"), LOST_AFTER_MS); // each try that fails comes here: the first one counts
  if (source.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_MS);
}

function listen() {
  source?.close();
  source = new EventSource(page.dataset.live);
  source.addEventListener("open", () => state("live"));
  source.addEventListener("tick", tick);
  source.addEventListener("stale", () => state("stale"));
  source.addEventListener("error", lost);
}

async function refresh(element) {
  if (!moved || document.hidden || element.querySelector("details[open]") || element.contains(document.activeElement)) return;
  moved = false;
  const answer = await fetch(element.dataset.refresh).catch(() => null);
  if (answer?.ok) element.innerHTML = await answer.text();
}

if (page) {
  listen();
  for (const element of document.querySelectorAll("[data-refresh]")) {
    setInterval(() => refresh(element), Number(element.dataset.refreshSeconds) * 1000);
  }
}
