/*
 * Toasts. The server writes them into #toasts, with the page or out of band with a fragment. Each
 * stays at least six seconds, longer if it has more to say or a link; its time stops while the
 * pointer or the focus is on it.
 */

const region = document.getElementById("toasts");
const AT_LEAST = 6000;
const PER_LETTER = 60;
const FOR_A_LINK = 4000;

function start(toast) {
  let left =
    AT_LEAST + PER_LETTER * toast.textContent.trim().length + (toast.querySelector("a") ? FOR_A_LINK : 0);
  let since = performance.now();
  let timer = setTimeout(close, left);

  function close() {
    clearTimeout(timer);
    const held = toast.contains(document.activeElement);
    toast.remove();
    if (held) document.getElementById("main")?.focus({ preventScroll: true });
  }
  function pause() {
    clearTimeout(timer);
    left -= performance.now() - since;
  }
  function go() {
    clearTimeout(timer);
    since = performance.now();
    if (!toast.matches(":hover, :focus-within")) timer = setTimeout(close, Math.max(left, 1500));
  }

  toast.addEventListener("pointerenter", pause);
  toast.addEventListener("focusin", pause);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusout", () => setTimeout(go));
  toast.querySelector("[data-toast-close]")?.addEventListener("click", close);
}

if (region) {
  /* Put in once more, so that a screen reader hears what was there from the beginning. */
  const first = [...region.querySelectorAll("[data-toast]")];
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node.matches?.("[data-toast]")) start(node);
    }
  }).observe(region, { childList: true });
  if (first.length) setTimeout(() => region.replaceChildren(...first), 150);
}
