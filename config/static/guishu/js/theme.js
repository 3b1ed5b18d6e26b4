/*
 * Light or dark, before the first paint: the only script that blocks, so it stays this small.
 * The choice is a cookie, which the server reads too; without one the system decides.
 * Buttons say data-theme-choice="light|dark|auto". Others listen for "themechange" on document.
 */
{
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => document.cookie.match(/(?:^|; )guishu_theme=(light|dark)/)?.[1] ?? "auto";

  const show = () => {
    const choice = chosen();
    root.dataset.bsTheme = choice === "auto" ? (system.matches ? "dark" : "light") : choice;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", button.dataset.themeChoice === choice);
    }
    document.dispatchEvent(new Event("themechange"));
  };

  const choose = (choice) => {
    const age = choice === "auto" ? 0 : 365 * 24 * 3600;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `guishu_theme=${choice}; Path=/; SameSite=Lax; Max-Age=${age}${secure}`;
    show();
  };

  root.classList.add("js");
  show();
  system.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
  });
}
