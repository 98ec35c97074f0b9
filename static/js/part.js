// Saves a form while one writes (form[data-autosave]): one request at a time, the newest words behind it. What is not
// saved yet stays in the form and nowhere else. The answers are those of reports/views/saving.py.

const QUIET_MS = 1_000; // after the last key
const LONGEST_WAIT_MS = 5_000; // for one who never pauses
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 20_000];

function isTouched(field) {
  if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
}

class Autosave {
  typed = 0; // grows with every change
  saved = 0; // the change up to which the server has everything
  sending = null; // the change that is under way
  failures = 0;
  isPaused = false; // two versions wait for a choice
  isAsking = false; // somebody has to sign in
  isSignedOut = false; // and they know
  isDenied = false; // who has signed in may not write here

  constructor(form) {
    this.form = form;
    this.announcer = form.querySelector("[data-announces]");
    this.signInButton = form.querySelector("[data-signs-in]");
    this.isPaused = Boolean(form.querySelector("[data-conflict]"));
    if ("unsaved" in form.dataset) this.typed = 1;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.save());
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("htmx:beforeSwap", () => this.clearErrors());
    form.addEventListener("htmx:afterRequest", (event) => this.answered(event.detail.xhr));
    this.signInButton.addEventListener("click", () => this.signIn());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    document.addEventListener("click", (event) => this.leave(event));
    window.addEventListener("online", () => this.save());
    window.addEventListener("pageshow", () => { this.goes = false; });
    // On a slow line people write before this script has come.
    if ([...form.elements].some(isTouched)) this.changed();
  }

  get isSaved() {
    return this.typed === this.saved;
  }

  changed() {
    this.typed += 1;
    this.form.dataset.unsaved = "";
    // Beside what somebody else saved stands what the box says now.
    for (const mirror of this.form.querySelectorAll("[data-mirrors]")) {
      mirror.textContent = document.getElementById(mirror.dataset.mirrors).value || "(trống)";
    }
    if (this.isPaused || this.isAsking || this.failures) return;
    this.say("saving", "Đang lưu…");
    this.unsavedSince ??= Date.now();
    this.saveIn(Math.min(QUIET_MS, this.unsavedSince + LONGEST_WAIT_MS - Date.now()));
  }

  saveIn(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  save() {
    if (this.isSaved || this.isPaused || this.isAsking || this.sending !== null) return;
    clearTimeout(this.timer);
    this.unsavedSince = null;
    this.sending = this.typed;
    this.sentWords = new Map(this.paragraphs().map((pk) => [pk, this.wordsOf(pk)]));
    this.form.elements.edit.value = Number(this.form.elements.edit.value) + 1;
    htmx.trigger(this.form, "autosave");
  }

  answered(request) {
    const sent = this.sending;
    this.sending = null;
    const state = document.getElementById("save-state");
    // Whatever else answers 200 on the way, a proxy's own page for one, has saved nothing.
    if (request.status === 200 && state.dataset.edit === this.form.elements.edit.value) this.wasSaved(sent, state);
    else if ([409, 422, 423].includes(request.status)) this.wasRefused(request.status, sent, state);
    else if (request.status === 401 && this.isSignedOut) this.staySignedOut();
    else if (request.status === 401 || (request.status === 403 && !this.isDenied)) this.signIn();
    else if ([400, 403, 404, 413].includes(request.status)) this.wasDenied(request.status);
    else this.tryAgain();
  }

  wasSaved(sent, state) {
    this.failures = 0;
    this.isDenied = false;
    this.signInButton.hidden = true;
    this.saved = sent;
    this.learn();
    // Other forms of the page change the same part.
    for (const input of document.querySelectorAll("input[name=version]")) input.value = this.form.elements.version.value;
    if (!this.isSaved) {
      this.say("saving", "Đang lưu…");
      this.saveIn(this.whenSettled ? 0 : QUIET_MS);
      return;
    }
    delete this.form.dataset.unsaved;
    this.announce(state.querySelector("[data-state-words]").textContent);
    this.settle(true);
  }

  // The paragraphs of the merged report: each box knows by its base which saved words it goes on from.
  paragraphs() {
    return [...this.form.querySelectorAll("input[name^=base-]")].map((base) => base.name.slice("base-".length));
  }

  wordsOf(pk) {
    return JSON.stringify([this.form.elements[`text-${pk}`].value, this.form.elements[`decide-${pk}`]?.checked]);
  }

  // Takes in what the server has by now; never into a box in which somebody types: there the next save says so.
  learn() {
    for (const item of document.querySelectorAll("#learned [data-paragraph]")) {
      const pk = item.dataset.paragraph;
      const box = this.form.elements[`text-${pk}`];
      const tick = this.form.elements[`decide-${pk}`];
      if ("byOthers" in item.dataset) {
        const isBusy = [box, tick].includes(document.activeElement);
        if (isBusy || this.wordsOf(pk) !== this.sentWords.get(pk)) continue;
        box.value = item.textContent;
        if (tick) tick.checked = "decides" in item.dataset;
      }
      this.form.elements[`base-${pk}`].value = item.dataset.base;
    }
  }

  wasRefused(status, sent, state) {
    this.failures = 0;
    this.isPaused = status === 409;
    if (this.isPaused) this.learn();
    this.announce(state.textContent);
    for (const error of this.form.querySelectorAll(".field-error")) {
      const field = document.getElementById(error.id.replace(/_error$/, ""));
      field.setAttribute("aria-invalid", String(error.textContent !== ""));
    }
    if (status === 422 && this.typed !== sent) this.saveIn(QUIET_MS);
    this.settle(false);
  }

  wasDenied(status) {
    this.failures = 0;
    this.signInButton.hidden = status === 400 || status === 413;
    this.say("trouble", this.signInButton.hidden
      ? "Chưa lưu: nội dung quá lớn hoặc không hợp lệ. Hãy sao chép nội dung rồi tải lại trang."
      : "Chưa lưu: tài khoản đang đăng nhập không được ghi phần này. Hãy đăng nhập lại bằng tài khoản của mình.");
    this.settle(false);
  }

  tryAgain() {
    this.say("retrying", "Chưa lưu, đang thử lại");
    this.saveIn(RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]);
    this.failures += 1;
    this.settle(false);
  }

  // Asks to sign in over the page; then the newest words go.
  async signIn() {
    if (this.isAsking) return;
    this.isAsking = true;
    this.say("retrying", "Chưa lưu, đang thử lại");
    let isSignedIn;
    try {
      isSignedIn = await ensureSignedIn({ anew: this.isDenied });
    } catch {
      this.isAsking = false;
      this.tryAgain();
      return;
    }
    this.isAsking = false;
    this.isSignedOut = !isSignedIn;
    this.failures = 0;
    if (isSignedIn) {
      this.isDenied = true; // until something is saved
      this.signInButton.hidden = true;
      this.save();
    } else {
      this.staySignedOut();
    }
  }

  // Who closed the dialog writes on and is not asked again before they want to.
  staySignedOut() {
    this.signInButton.hidden = false;
    this.say("trouble", "Chưa lưu: phiên làm việc đã hết, nội dung vẫn còn trên trang này.");
    this.settle(false);
  }

  // Saves before the form goes as a whole, so that nothing depends on how that ends.
  async submit(event) {
    if (this.goes) return;
    event.preventDefault();
    if (this.isSubmitting) return;
    this.isSubmitting = true;
    this.isSignedOut = false;
    try {
      this.goes = (this.isPaused || (await this.everythingSaved())) && (await ensureSignedIn());
    } catch {
      this.tryAgain();
    }
    this.isSubmitting = false;
    if (this.goes) {
      delete this.form.dataset.unsaved;
      this.form.elements.edit.value = Number(this.form.elements.edit.value) + 1;
      this.form.requestSubmit(event.submitter);
    } else {
      this.form.querySelector("[data-conflict], [aria-invalid=true]")?.focus();
    }
  }

  // One promise for everybody who waits: a button, and a link pressed while the button waits.
  everythingSaved() {
    this.save();
    if (this.isSaved) return true;
    this.whenSettled ??= new Promise((resolve) => { this.resolveSettled = resolve; });
    return this.whenSettled;
  }

  settle(isSaved) {
    this.resolveSettled?.(isSaved);
    this.whenSettled = null;
  }

  // A link waits for what was typed just before it; a second click goes at once, and is asked about.
  async leave(event) {
    const link = event.target.closest("a[href]");
    if (!link || link.target || link.download || this.isSaved || this.isLeaving || event.defaultPrevented) return;
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.pathname === window.location.pathname) return;
    event.preventDefault();
    this.isLeaving = true;
    if (await this.everythingSaved()) window.location.assign(link.href);
  }

  clearErrors() {
    for (const error of this.form.querySelectorAll(".field-error")) error.textContent = "";
    for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  say(state, words) {
    const line = document.getElementById("save-state");
    line.dataset.state = state;
    line.querySelector("[data-state-words]").textContent = words;
    line.querySelector("[data-trouble]")?.remove();
    if (state !== "saving") this.announce(words);
  }

  // Tells a screen reader what is new; a text that stays the same is not said again.
  announce(words) {
    const said = words.replace(/\s+/g, " ").trim();
    if (this.announcer.textContent !== said) this.announcer.textContent = said;
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form);
