/*
 * Drafts. A form says data-draft="quick-log": what is typed is kept in this tab until it is saved,
 * thrown away (data-draft-discard), or the person logs out (a form with data-drafts-end).
 * Elements with data-draft-note inside the form are shown when something was brought back.
 * Hidden fields and passwords are not kept, so a form brought back has its own fresh key.
 */

const person = document.body.dataset.person ?? "";
const PREFIX = "guishu.draft.";
const place = (form) => `${PREFIX}${person}.${form.dataset.draft}`;
const kept = (field) =>
  field.name && !["hidden", "password", "submit", "button", "file"].includes(field.type);

function keep(form) {
  const values = [];
  for (const field of form.elements) {
    if (!kept(field)) continue;
    const choice = field.type === "checkbox" || field.type === "radio";
    values.push([field.name, choice ? field.value : null, choice ? field.checked : field.value]);
  }
  sessionStorage.setItem(place(form), JSON.stringify(values));
}

function bringBack(form) {
  const stored = sessionStorage.getItem(place(form));
  if (!stored || form.dataset.draftBack || form.querySelector("[aria-invalid=true]")) return;
  form.dataset.draftBack = "1";
  let changed = false;
  for (const [name, choice, value] of JSON.parse(stored)) {
    for (const field of form.elements) {
      if (field.name !== name || !kept(field)) continue;
      if (choice === null && field.value !== value) {
        field.value = value;
        changed = true;
      } else if (choice !== null && field.value === choice && field.checked !== value) {
        field.checked = value;
        changed = true;
      } else {
        continue;
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  for (const note of form.querySelectorAll("[data-draft-note]")) note.hidden = !changed;
}

const forget = (form) => sessionStorage.removeItem(place(form));

function bringAllBack(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) bringBack(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (event.isTrusted && form?.dataset.draft) keep(form);
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (event.isTrusted && form?.dataset.draft) keep(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-draft-discard]");
  if (!button) return;
  const form = button.closest("form");
  forget(form);
  form.reset();
  for (const note of form.querySelectorAll("[data-draft-note]")) note.hidden = true;
  form.querySelector("[autofocus]")?.focus();
});

/* Saved: by htmx when the answer is good, by a plain POST when it leaves (the server brings back
   what it does not accept). */
document.addEventListener("htmx:afterRequest", (event) => {
  /* The form itself may be gone by now; the request still knows it. */
  const { successful, requestConfig } = event.detail;
  if (successful && requestConfig?.elt.dataset.draft) forget(requestConfig.elt);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-drafts-end")) {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  }
  if (form.dataset.draft && !event.defaultPrevented) forget(form);
});

document.addEventListener("htmx:afterSettle", () => bringAllBack(document));
bringAllBack(document);
