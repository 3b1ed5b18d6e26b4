/* A button that prints the page as it stands; without a script it is hidden. */
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
