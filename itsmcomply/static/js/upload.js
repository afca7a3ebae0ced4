// Drop zones. A zone with data-upload-url sends each file on its own (PUT, raw body) with progress, cancel and retry, then
// opens data-confirm-url?token=...; a zone without one puts the dropped files into its own file field.
// Without scripts both are ordinary forms with a file field.
(() => {
  const AT_ONCE = 2;
  const { element, csrf, announce } = window.itsmcomply;

  const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`);
  const words = (zone, name, values = {}) =>
    Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), zone.dataset[name] ?? "");

  class Upload {
    constructor(file, queue) {
      Object.assign(this, { file, queue, state: "waiting", answer: null });
      this.bar = element("progress", { max: "100", value: "0", "aria-label": file.name });
      this.button = element("button", { type: "button", class: "btn btn-sm" });
      this.message = element("span", { class: "msg" });
      const name = element("bdi", { class: "brk" }, file.name);
      this.row = element("li", {}, element("span", { class: "min0" }, name, ` (${size(file.size)})`), this.bar, this.button, this.message);
      this.button.addEventListener("click", () => (this.state === "failed" ? this.queue.retry(this) : this.cancel()));
      this.label("cancel");
    }

    label(name) {
      this.button.textContent = words(this.queue.zone, name);
    }

    start() {
      if (this.file.size > Number(this.queue.zone.dataset.limit ?? Infinity)) {
        this.fail(words(this.queue.zone, "tooBig"));
        this.button.remove();
        return;
      }
      this.state = "sending";
      this.row.classList.remove("bad");
      this.message.textContent = "";
      this.label("cancel");
      const request = (this.request = new XMLHttpRequest());
      request.open("PUT", `${this.queue.zone.dataset.uploadUrl}?name=${encodeURIComponent(this.file.name)}`);
      request.setRequestHeader("X-CSRFToken", csrf());
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.onprogress = (event) => { if (event.lengthComputable) this.bar.value = (100 * event.loaded) / event.total; };
      request.onload = () => this.finish(request);
      request.onerror = () => this.fail(words(this.queue.zone, "lost"));
      request.send(this.file);
    }

    finish(request) {
      if (request.status !== 201 || !request.response?.token) {
        this.fail(request.response?.message ?? words(this.queue.zone, "refused", { status: request.status }));
        return;
      }
      this.state = "stored";
      this.answer = request.response;
      this.bar.value = 100;
      this.button.remove();
      const same = this.answer.duplicate_of;
      if (same) {
        this.message.append(words(this.queue.zone, "same"), " ", element("a", { href: same.url }, `${same.item} ${words(this.queue.zone, "version")} ${same.version}`));
      } else {
        this.message.textContent = words(this.queue.zone, "stored");
      }
      this.queue.next();
    }

    fail(message) {
      this.state = "failed";
      this.row.classList.add("bad");
      this.message.textContent = message;
      this.label("retry");
      announce(`${this.file.name}: ${message}`);
      this.queue.next();
    }

    cancel() {
      this.request?.abort();
      this.state = "cancelled";
      this.row.remove();
      this.queue.next();
    }
  }

  class Queue {
    constructor(zone) {
      this.zone = zone;
      this.uploads = [];
      this.list = element("ul", { class: "ups", "aria-label": words(zone, "list") });
      this.go = element("button", { type: "button", class: "btn btn-primary" });
      this.foot = element("div", { class: "upact", hidden: "" }, this.go);
      this.go.addEventListener("click", () => this.confirm());
      zone.append(this.list, this.foot);
    }

    add(files) {
      for (const file of files) {
        const upload = new Upload(file, this);
        this.uploads.push(upload);
        this.list.append(upload.row);
      }
      this.next();
    }

    in(state) {
      return this.uploads.filter((upload) => upload.state === state);
    }

    retry(upload) {
      upload.state = "waiting";
      this.next();
    }

    next() {
      // One at a time: an upload that fails at once calls this again, and must find the others still waiting.
      const upload = this.in("sending").length < AT_ONCE && this.in("waiting")[0];
      if (upload) {
        upload.start();
        if (upload.state === "sending") this.next();
        return;
      }
      const busy = this.in("sending").length + this.in("waiting").length;
      const stored = this.in("stored").length;
      if (!busy && stored && !this.in("failed").length) return this.confirm();
      // With a failure among them the person decides: retry it, or go on with what arrived.
      this.foot.hidden = busy > 0 || stored === 0;
      this.go.textContent = words(this.zone, "go", { n: stored });
    }

    confirm() {
      const tokens = this.in("stored").map((upload) => `token=${encodeURIComponent(upload.answer.token)}`);
      const address = this.zone.dataset.confirmUrl;
      location.assign(address + (address.includes("?") ? "&" : "?") + tokens.join("&"));
    }
  }

  // Leaving while files go up would lose them without a word.
  addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("[data-drop]")].some((zone) => zone.queue?.in("sending").length)) event.preventDefault();
  });

  function receive(zone, files) {
    if (!files.length) return;
    if (zone.dataset.uploadUrl) {
      zone.queue ??= new Queue(zone);
      zone.queue.add(files);
      return;
    }
    const field = zone.querySelector("input[type=file]");
    if (!field) return;
    const carrier = new DataTransfer();
    for (const file of field.multiple ? files : files.slice(0, 1)) carrier.items.add(file);
    field.files = carrier.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const zoneAt = (target) => target.closest?.("[data-drop]") ?? document.querySelector("[data-drop-all]");
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("dragover", (event) => {
    const zone = carriesFiles(event) && zoneAt(event.target);
    if (!zone) return;
    event.preventDefault();
    document.querySelectorAll(".drop.over").forEach((other) => other !== zone && other.classList.remove("over"));
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.querySelectorAll(".drop.over").forEach((zone) => zone.classList.remove("over"));
  });
  document.addEventListener("drop", (event) => {
    const zone = carriesFiles(event) && zoneAt(event.target);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("over");
    receive(zone, [...event.dataTransfer.files]);
  });

  document.addEventListener("change", (event) => {
    const zone = event.target.matches("input[type=file]") && event.target.closest("[data-drop]");
    if (!zone) return;
    const files = [...event.target.files];
    if (zone.dataset.uploadUrl) {
      receive(zone, files);
      event.target.value = "";
      return;
    }
    const chosen = zone.querySelector("[data-chosen]");
    if (chosen) chosen.textContent = files.map((file) => `${file.name} (${size(file.size)})`).join(", ");
  });

  function screenshotName() {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return `Screenshot ${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}.png`;
  }

  const named = (file) => (file.name === "image.png" ? new File([file], screenshotName(), { type: file.type }) : file);

  document.addEventListener("paste", (event) => {
    const zone = document.querySelector("[data-drop-all]") ?? document.querySelector("[data-drop]");
    const files = [...(event.clipboardData?.files ?? [])].map(named);
    if (!zone || !files.length) return;
    event.preventDefault();
    receive(zone, files);
  });

  // The button does what Ctrl+V does where the browser lets a page read the clipboard.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-paste]");
    if (!button) return;
    const zone = zoneAt(button);
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((one) => one.startsWith("image/"));
        if (type) receive(zone, [new File([await item.getType(type)], screenshotName(), { type })]);
      }
    } catch {
      announce(words(zone, "pasteHint"));
      window.itsmcomply.toast(words(zone, "pasteHint"));
    }
  });
})();
