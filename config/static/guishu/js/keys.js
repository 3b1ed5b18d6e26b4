/*
 * Keys. An element says data-key="N": the key presses it, or, if it is a field, goes there.
 * Keys rest while a field has the focus and with modifiers; while a dialog is open only its own
 * keys work. In a list, rows say data-row: a key first looks in the row that has the focus.
 * "?" lists the keys of the page and turns them off for those who do not want them.
 */

const OFF = "guishu.keys-off";
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range]), textarea, select, [contenteditable]";

const sheet = document.getElementById("keys");
const visible = (element) => element.checkVisibility?.() ?? element.getClientRects().length > 0;
const off = () => localStorage.getItem(OFF) === "1";

/* Where keys are heard: the dialog on top, or the page. */
const scope = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;

const find = (key) => {
  const wanted = (root) =>
    [...root.querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key.toUpperCase() === key.toUpperCase() && visible(element),
    );
  const row = document.activeElement?.closest("[data-row]");
  return (row && wanted(row)) || wanted(scope());
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(FIELDS)) return;
  if (event.key === "?" && sheet) {
    event.preventDefault();
    open();
    return;
  }
  if (off()) return;
  const element = find(event.key);
  if (!element) return;
  event.preventDefault();
  if (element.matches(FIELDS)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) open();
});

/* The list is read off the page, so it can never be out of date. */
function open() {
  if (!sheet || sheet.open) return;
  const list = sheet.querySelector("dl");
  const switcher = sheet.querySelector("[data-keys-switch]");
  for (const old of list.querySelectorAll(":not([data-fixed], [data-fixed] *)")) old.remove();
  const seen = new Set();
  const lines = [];
  for (const element of scope().querySelectorAll("[data-key]")) {
    const key = element.dataset.key.toUpperCase();
    if (seen.has(key) || !visible(element)) continue;
    seen.add(key);
    lines.push(line(key, name(element)));
  }
  list.prepend(...lines.flat());
  if (switcher) switcher.checked = !off();
  sheet.showModal();
}

function line(key, words) {
  const term = document.createElement("dt");
  const hint = document.createElement("kbd");
  const meaning = document.createElement("dd");
  hint.textContent = key;
  meaning.textContent = words;
  term.append(hint);
  return [term, meaning];
}

function name(element) {
  const given = element.dataset.keyLabel ?? element.getAttribute("aria-label");
  if (given) return given;
  const copy = element.cloneNode(true);
  for (const hint of copy.querySelectorAll("kbd, .gs-count")) hint.remove();
  return copy.textContent.trim();
}

sheet?.querySelector("[data-keys-switch]")?.addEventListener("change", (event) => {
  localStorage.setItem(OFF, event.target.checked ? "0" : "1");
  document.documentElement.classList.toggle("keys-off", off());
});
document.documentElement.classList.toggle("keys-off", off());
