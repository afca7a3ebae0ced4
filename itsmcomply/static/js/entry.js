// The row of a checklist: nothing typed is lost. While something is unsaved, whatever leaves the page saves it first;
// where it is refused the page stays and says why, and leaving then asks. Without this the button saves.
(() => {
  const entry = document.getElementById("entry");
  if (!entry?.hasAttribute("hx-post")) return;
  let typed = 0, saved = 0, refused = -1;
  const unsaved = () => typed !== saved;

  document.addEventListener("input", (event) => { if (event.target.form === entry) typed += 1; });
  entry.addEventListener("htmx:beforeRequest", () => { entry.dataset.sent = typed; });
  entry.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.xhr.status < 300) saved = Number(entry.dataset.sent);
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });

  // A nonconformity is refused until its finding is raised; its words are saved with the conclusion that is stored.
  function words(raising) {
    const found = new FormData(entry);
    if (raising && found.get("conclusion") === "nonconformity") {
      found.delete("conclusion");
      const stored = entry.querySelector("input[name=conclusion][checked]");
      if (stored) found.set("conclusion", stored.value);
    }
    return found;
  }

  async function save(raising) {
    const at = typed;
    const answer = await fetch(entry.action, { method: "POST", body: words(raising), headers: { "HX-Request": "true" } });
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    const line = told.getElementById("saved");
    if (line) document.getElementById("saved").replaceWith(line);
    if (!answer.ok) { refused = at; return false; }
    for (const id of ["row-version", "raise-version"]) {
      const field = document.getElementById(id);
      if (field) field.value = told.getElementById(id).value;
    }
    saved = typed;
    return true;
  }

  async function first(event, raising, go) {
    if (!unsaved() || refused === typed) return;
    event.preventDefault();
    if (await save(raising).catch(() => false)) go();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form === entry) { saved = typed; return; }
    if (form.method === "post") first(event, form.action.endsWith("/finding"), () => form.submit());
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
    first(event, false, () => { location.href = link.href; });
  });
})();
