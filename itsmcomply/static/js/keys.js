// Keyboard shortcuts. A page names its keys in the markup: data-key="a" on a button, link, field or details;
// data-go="o" on a link answers to "g o"; rows are the children of [data-rows] (or the rows of table[data-rows]).
// Off inside fields; data-single-keys="off" on the body leaves only keys with Ctrl.
(() => {
  const pageOf = (event) => event.target.closest?.("input, textarea, select, [contenteditable]") &&
    !event.target.matches("input[type=radio], input[type=checkbox]");
  let waiting = false;

  function press(target) {
    if (target.matches("details")) {
      target.open = !target.open;
      target.querySelector(target.open ? "input:not([type=hidden]), select, textarea, a, button" : "summary")?.focus();
    } else if (target.matches("input:not([type=radio], [type=checkbox]), select, textarea")) {
      target.focus();
      target.select?.();
    } else {
      target.click();
    }
  }

  function visible(node) {
    return node.getClientRects().length > 0;
  }

  function rows() {
    const list = document.querySelector("[data-rows]");
    if (!list) return [];
    return [...(list.tagName === "TABLE" ? list.tBodies[0].rows : list.children)].filter(visible);
  }

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("row-on"));
    all[at]?.classList.remove("row-on");
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
    next.classList.add("row-on");
    next.scrollIntoView({ block: "nearest" });
    (next.matches("a, summary") ? next : next.querySelector("a, summary"))?.focus({ preventScroll: true });
  }

  function select() {
    document.querySelector(".row-on input[type=checkbox]")?.click();
  }

  function answer(key) {
    if (key === "j") return move(1);
    if (key === "k") return move(-1);
    if (key === "x") return select();
    const target = [...document.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key && visible(node));
    if (target) press(target);
    return target;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) {
      const form = event.target.closest?.("form");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || pageOf(event)) return;
    if (document.body.dataset.singleKeys === "off") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : "";
    if (!key) return;
    if (waiting) {
      waiting = false;
      document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
      return;
    }
    if (key === "g" && document.querySelector("[data-go]")) { waiting = true; setTimeout(() => { waiting = false; }, 1200); return; }
    if (answer(key)) event.preventDefault();
  });
})();
