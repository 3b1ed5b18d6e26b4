/*
 * Menus are <details class="drop">: they open without a script. This closes them: by a press
 * outside, by Escape (the focus goes back to what opened them), when the focus leaves, and when
 * another one opens.
 */

const opened = () => document.querySelectorAll("details.drop[open]");

document.addEventListener("click", (event) => {
  for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = [...opened()].at(-1);
  if (!menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* Arrow keys walk through a menu, as people expect of one. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = event.target.closest?.("details.drop[open]");
  if (!menu || event.target.matches("input, select, textarea")) return;
  const items = [...menu.querySelectorAll(".menu :is(a, button)")].filter((item) => item.offsetParent);
  if (!items.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const from = items.indexOf(document.activeElement);
  items.at(from < 0 ? (step > 0 ? 0 : -1) : (from + step) % items.length).focus();
});
