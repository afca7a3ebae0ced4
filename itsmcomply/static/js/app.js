// Small services for every page: toast, live region, focus after a swap, menus that close, checkboxes that select all.
// Nothing here is needed for a page to work.
(() => {
  const live = () => document.getElementById("live");
  const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // One line at the bottom that stays until the next action. `undo` is an address that takes a POST.
  function toast(text, undo) {
    const place = document.getElementById("toast");
    if (!place) return;
    const line = element("div", { class: "toast-x" }, element("span", {}, text));
    if (undo) {
      line.append(element("form", { method: "post", action: undo },
        element("input", { type: "hidden", name: "csrf_token", value: csrf() }),
        element("button", {}, place.dataset.undo)));
    }
    place.replaceChildren(line);
  }

  function announce(text) {
    if (live()) live().textContent = text;
  }

  window.itsmcomply = { toast, announce, csrf, element };

  // htmx: a server can answer with HX-Trigger {"toast": {"text": "...", "undo": "/..."}} or {"announce": {"text": "..."}}.
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.undo));
  document.addEventListener("announce", (event) => announce(event.detail.text));
  document.addEventListener("htmx:responseError", () => toast(document.getElementById("toast").dataset.failed));
  document.addEventListener("htmx:sendError", () => toast(document.getElementById("toast").dataset.offline));
  document.addEventListener("htmx:beforeRequest", () => document.getElementById("toast")?.replaceChildren());

  // After a swap the reader stands on the new heading; results marked data-count are read out.
  document.addEventListener("htmx:afterSwap", (event) => {
    const heading = event.target.querySelector("h1, [data-focus]");
    if (heading) {
      heading.setAttribute("tabindex", "-1");
      heading.focus();
    }
    const counted = event.target.querySelector("[data-count]");
    if (counted) announce(counted.textContent.trim());
  });

  // Menus: one open at a time, closed by a click elsewhere or Escape, which returns the focus.
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.pop[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest?.("details[open]") ?? document.querySelector("details.pop[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-autosubmit]")) field.form?.requestSubmit();
    if (field.matches("[data-check-all]")) {
      for (const box of document.querySelectorAll(`input[type=checkbox][name="${field.dataset.checkAll}"]`)) box.checked = field.checked;
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // A button with data-copy="#id" copies the value of that field; without a clipboard the text is at least selected.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const field = button && document.querySelector(button.dataset.copy);
    if (!field) return;
    field.select();
    await navigator.clipboard?.writeText(field.value);
    announce(button.dataset.copied);
    button.querySelector("[data-label]").textContent = button.dataset.copied;
  });
})();
