// Runs in the head, before the first paint: says that scripts run, and tells Tabler which theme "auto" means now.
// The product's own colours follow the system without this (light-dark in app.css).
(() => {
  const root = document.documentElement;
  root.classList.add("has-js");
  if (root.dataset.bsTheme !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  apply();
  dark.addEventListener("change", apply);
})();
