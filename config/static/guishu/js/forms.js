/*
 * Forms. A form is sent once: until the answer comes, a second press does nothing (the server's key
 * per form makes it harmless anyway). Works for plain forms and for htmx.
 * A form with data-get leaves empty fields out of its address; an element with data-autosubmit
 * sends its form when it changes.
 */

const busy = new Map();

function hold(form, button) {
  busy.set(form, button);
  form.setAttribute("aria-busy", "true");
  button?.setAttribute("aria-busy", "true");
  /* Also without an answer, a download for instance, the form is free again after a while. */
  setTimeout(() => release(form), 8000);
}

function release(form) {
  form.removeAttribute("aria-busy");
  busy.get(form)?.removeAttribute("aria-busy");
  busy.delete(form);
}

/* After htmx, which stops the submission it takes over. */
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (busy.has(form)) {
    event.preventDefault();
    return;
  }
  hold(form, event.submitter);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (!(form instanceof HTMLFormElement)) return;
  if (busy.has(form)) event.preventDefault();
  else hold(form, event.detail.requestConfig.triggeringEvent?.submitter);
});

document.addEventListener("htmx:afterRequest", (event) => {
  /* The form itself may be gone by now; the request still knows it. */
  if (event.detail.requestConfig?.elt) release(event.detail.requestConfig.elt);
});

addEventListener("pageshow", () => {
  for (const form of [...busy.keys()]) release(form);
});

document.addEventListener("formdata", (event) => {
  if (!event.target.hasAttribute("data-get")) return;
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-autosubmit]")) event.target.form?.requestSubmit();
});
