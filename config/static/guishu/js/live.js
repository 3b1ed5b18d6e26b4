/*
 * A screen on a wall says how fresh it is, and that it has lost touch: whoever looks at it must not
 * take an old order of turns for the present one.
 */

const LOST_AFTER = 15;
let heard = Date.now();

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) {
    heard = Date.now();
    tell();
  }
});

function tell() {
  const place = document.querySelector("[data-live]");
  if (!place) return;
  const seconds = Math.round((Date.now() - heard) / 1000);
  const lost = seconds > LOST_AFTER;
  place.classList.toggle("st-free", !lost);
  place.classList.toggle("st-reversed", lost);
  const words = lost ? place.dataset.lost : place.dataset.fresh;
  place.querySelector("span").textContent = words.replace("#", seconds);
}

setInterval(tell, 1000);
