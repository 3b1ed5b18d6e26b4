/*
 * The sheet: <dialog id="sheet">, filled by htmx. A link opens it with hx-get and
 * hx-target="#sheet"; without a script the same link is a page.
 * Its content closes it by data-sheet-close, the server by the event "sheet:close" (HX-Trigger) or
 * by answering with nothing. The focus goes back to where it came from.
 */

const sheet = document.getElementById("sheet");
const FIRST = "input:not([type=hidden], [type=radio]:not(:checked)), select, textarea";
let opener = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target !== sheet || sheet.open) return;
  opener = document.activeElement === document.body ? event.detail.elt : document.activeElement;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== sheet) return;
  if (!sheet.firstElementChild) {
    sheet.close();
    return;
  }
  const title = sheet.querySelector("h1, h2");
  if (title) {
    title.id ||= "h-sheet";
    sheet.setAttribute("aria-labelledby", title.id);
  }
  if (sheet.open) return;
  sheet.showModal();
  /* A dialog begins at its first button, which is the one that closes it; people begin to type. */
  if (!sheet.querySelector("[autofocus]")) sheet.querySelector(FIRST)?.focus();
});

sheet?.addEventListener("click", (event) => {
  if (event.target.closest("[data-sheet-close]")) {
    event.preventDefault();
    sheet.close();
  }
});

document.addEventListener("sheet:close", () => sheet?.close());

sheet?.addEventListener("close", () => {
  sheet.replaceChildren();
  const home = opener?.isConnected ? opener : document.getElementById("main");
  opener = null;
  home?.focus({ preventScroll: true });
});

/* Ctrl+Enter sends a form from any of its fields, where its author names the button. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const button = event.target.closest?.("form")?.querySelector("[data-ctrl-enter]");
  if (!button) return;
  event.preventDefault();
  /* A click, not requestSubmit: htmx sends the name of the button that was clicked. */
  button.click();
});
