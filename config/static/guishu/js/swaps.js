/*
 * What htmx leaves to us: where the focus is after a swap, and saying so when a request failed.
 */

const trouble = document.getElementById("trouble");
const main = document.getElementById("main");

/* What somebody did, rather than a fragment that keeps itself fresh. */
const DEEDS = ["click", "submit", "change", "input", "keyup"];
const done = (request) =>
  request && (request.verb !== "get" || DEEDS.includes(request.triggeringEvent?.type));

/* A modified click on a link is the browser's: a new tab, not the sheet. */
document.addEventListener(
  "click",
  (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    if (event.target.closest("a[hx-get]")) event.stopImmediatePropagation();
  },
  true,
);

/* A whole page instead of a fragment (a login page, a redirect) is gone to, not put into the hole. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target === document.body || !/^\s*<!doctype/i.test(xhr.responseText)) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});

/* htmx keeps the focus where an element with the same id is there again, and goes to [autofocus].
   Where both fail the focus would be lost: it goes to the landing place in what came. */
document.addEventListener("htmx:afterSettle", (event) => {
  if (!done(event.detail.requestConfig)) return;
  if (document.activeElement && document.activeElement !== document.body) return;
  const landing = event.target.querySelector?.("[data-landing], h1, h2") ?? main;
  if (!landing.hasAttribute("tabindex")) landing.setAttribute("tabindex", "-1");
  landing.focus({ preventScroll: true });
});

function tell(kind) {
  for (const words of trouble.querySelectorAll("[data-trouble]")) {
    words.hidden = words.dataset.trouble !== kind;
  }
  /* Above an open dialog nothing else can be seen or pressed: the word goes in there. */
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  (dialog ?? document.body).append(trouble);
  trouble.hidden = false;
}

if (trouble) {
  /* A fragment that keeps itself fresh fails in silence, and tries again. */
  const failed = (event) => {
    if (!done(event.detail.requestConfig)) return;
    const status = event.detail.xhr.status;
    /* pending.js keeps what such a form sent, and says so. */
    const keeps = event.detail.requestConfig.elt.matches?.("form[data-keep]");
    if (keeps && (status === 0 || status >= 500)) return;
    tell(status >= 500 ? "server" : status >= 400 ? "refused" : "network");
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", failed);
  const hush = () => {
    trouble.hidden = true;
    document.body.append(trouble);
  };
  document.addEventListener("htmx:beforeRequest", hush);
  /* Before what is in the dialog is thrown away with it; "close" does not bubble. */
  document.addEventListener("close", hush, true);
  trouble.querySelector("[data-trouble-close]").addEventListener("click", hush);
  trouble.querySelector("[data-trouble-reload]").addEventListener("click", () => location.reload());
}
