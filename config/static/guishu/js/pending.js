/*
 * Poor connections. A form with data-keep stays on this device from the moment it is sent until the
 * server says that it has it (the header X-Guishu-Saved with the form's key). What did not arrive
 * is sent again when the connection is back, on the next page and every few seconds; the server
 * records one key once, so twice is harmless. What the server sends back with questions waits in
 * the list until somebody opens it. Logging out clears everything, after asking.
 */

const person = document.body.dataset.person ?? "";
const OWN = `guishu.pending.${person}.`;
const EVERY = 20000;
const tray = document.getElementById("pending");

const entries = () =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(OWN))
    .map((name) => JSON.parse(localStorage.getItem(name)))
    .sort((one, two) => one.at.localeCompare(two.at));
const put = (entry) => localStorage.setItem(OWN + entry.key, JSON.stringify(entry));
const drop = (key) => localStorage.removeItem(OWN + key);
const savedKey = (headers) => headers("X-Guishu-Saved") ?? "";

function entryOf(form) {
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const draft = [];
  for (const field of form.elements) {
    if (!field.name || ["hidden", "submit", "button"].includes(field.type)) continue;
    const choice = field.type === "checkbox" || field.type === "radio";
    draft.push([field.name, choice ? field.value : null, choice ? field.checked : field.value]);
  }
  return {
    key: form.elements.key.value,
    url: form.getAttribute("action"),
    at: new Date().toISOString(),
    fields,
    draft,
    place: `guishu.draft.${person}.${form.dataset.draft}`,
  };
}

/* ── Sending by htmx ── */

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (event.defaultPrevented || !form.matches?.("form[data-keep]")) return;
  const entry = entryOf(form);
  form.dataset.kept = entry.key;
  put(entry);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.requestConfig?.elt;
  const key = form?.dataset?.kept;
  if (!key) return;
  delete form.dataset.kept;
  const { xhr } = event.detail;
  const saved = savedKey((name) => xhr.getResponseHeader(name)) === key;
  /* What comes back with questions is on the screen, with everything typed. */
  if (saved || (xhr.status >= 400 && xhr.status < 500 && xhr.status !== 403)) drop(key);
  else stays(form, key, event.detail.requestConfig.triggeringEvent?.submitter);
  show();
});

/* It is kept: the counter goes on. */
function stays(form, key, submitter) {
  const entry = JSON.parse(localStorage.getItem(OWN + key));
  sessionStorage.removeItem(entry.place);
  if (submitter?.name === "next" || !form.closest("dialog")) begin(form);
  else form.closest("dialog").close();
}

function begin(form) {
  const now = new Date();
  form.reset();
  form.elements.key.value = crypto.randomUUID?.() ?? uuid();
  form.elements.opened.value = now.toISOString();
  const two = (number) => String(number).padStart(2, "0");
  form.elements.time.value = `${two(now.getHours())}:${two(now.getMinutes())}`;
  form.elements.day.value = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  form.querySelector(".answer")?.replaceChildren();
  form.elements.phone.focus();
}

/* Plain http on a counter's own network has no randomUUID. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/* ── Sending again ── */

let sending = false;

async function again() {
  if (sending) return;
  sending = true;
  let arrived = 0;
  try {
    for (const entry of entries()) {
      if (!entry.look && (await send(entry))) arrived += 1;
    }
  } finally {
    sending = false;
  }
  if (arrived) toast(tray.dataset.arrived.replace("{n}", arrived));
  show();
}

async function send(entry) {
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) };
  const body = new URLSearchParams(entry.fields.filter(([name]) => name !== "next"));
  let answer;
  try {
    const signal = AbortSignal.timeout?.(EVERY);
    answer = await fetch(entry.url, { method: "POST", headers, body, redirect: "manual", signal });
  } catch {
    return false;
  }
  if (savedKey((name) => answer.headers.get(name)) === entry.key) {
    drop(entry.key);
    return true;
  }
  if (answer.status === 409 || answer.status === 422) put({ ...entry, look: true });
  return false;
}

/* ── What is seen of it ── */

function show() {
  const waiting = entries();
  tray.hidden = waiting.length === 0;
  tray.querySelector("[data-pending-words]").textContent = tray.dataset.words.replace(
    "{n}",
    waiting.length,
  );
  const look = tray.querySelector("[data-pending-look]");
  look.hidden = !waiting.some((entry) => entry.look);
  tray.querySelector("[data-pending-again]").hidden = !waiting.some((entry) => !entry.look);
}

function open() {
  const entry = entries().find((one) => one.look);
  if (!entry) return;
  sessionStorage.setItem(entry.place, JSON.stringify(entry.draft));
  drop(entry.key);
  show();
  document.querySelector("[data-key=N]")?.click();
}

function toast(words) {
  const made = document.createElement("div");
  made.className = "toast-x";
  made.dataset.toast = "";
  const text = document.createElement("span");
  text.textContent = words;
  made.append(text);
  document.getElementById("toasts")?.append(made);
}

/* ── Leaving ── */

addEventListener(
  "submit",
  (event) => {
    if (!event.target.hasAttribute("data-drafts-end")) return;
    const left = entries();
    if (left.length && !confirm(tray.dataset.leaving.replace("{n}", left.length))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    for (const entry of left) drop(entry.key);
  },
  true,
);

if (tray && person) {
  tray.querySelector("[data-pending-again]").addEventListener("click", again);
  tray.querySelector("[data-pending-look]").addEventListener("click", open);
  addEventListener("online", again);
  addEventListener("storage", show);
  setInterval(() => entries().some((entry) => !entry.look) && again(), EVERY);
  show();
  if (entries().length) again();
}
