/*
 * The quick log: a field that unfolds takes the focus, a typed number takes back 未留電話, and a duty that is ticked is timed. Everything else is the form.
 */

document.addEventListener(
  "toggle",
  (event) => {
    const fold = event.target;
    if (!fold.open || !fold.matches(".quick-log .more details")) return;
    /* Those that the server opened are open already and do not ask for the focus. */
    if (!fold.matches(":focus-within")) return;
    fold.querySelector("input, select, textarea")?.focus();
  },
  true,
);

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.name !== "phone" || !field.value || !field.form?.matches(".quick-log")) return;
  const none = field.form.elements.no_phone;
  if (none?.checked) none.checked = false;
});

document.addEventListener("change", (event) => {
  const tick = event.target;
  const clock = tick.closest?.(".duty")?.querySelector("[type=time]");
  if (!clock || tick === clock || !tick.checked || clock.value) return;
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  clock.value = `${two(now.getHours())}:${two(now.getMinutes())}`;
});
