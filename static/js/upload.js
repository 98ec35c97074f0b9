// Sends evidence in pieces (form[data-upload]), several files at once, each with its progress. A broken line goes on
// where it stopped; a session that ended is asked for in place. Nothing is kept in the browser's storage.

const PIECE_BYTES = 512 * 1024;
const AT_ONCE = 2;
const RETRY_DELAYS_MS = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000];

const waiting = [];
let underWay = 0;

class Sending {
  isDone = false;

  constructor(form, file) {
    this.form = form;
    this.file = file;
    this.row = document.createElement("li");
    this.progress = document.createElement("progress");
    this.progress.max = file.size;
    this.progress.value = 0;
    this.progress.setAttribute("aria-label", `Tiến độ gửi ${file.name}`);
    this.state = document.createElement("span");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "btn btn-sm btn-outline-secondary";
    this.button.addEventListener("click", () => this.press());
    const name = document.createElement("strong");
    name.textContent = file.name;
    this.row.append(name, this.progress, this.state, this.button);
    form.querySelector("[data-sending]").append(this.row);
    this.upload = new tus.Upload(file, {
      endpoint: form.dataset.upload,
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      storeFingerprintForResuming: false,
      metadata: { filename: file.name },
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value),
      onShouldRetry: (error) => this.shouldRetry(error),
      onProgress: (sent) => this.show(sent),
      onSuccess: () => this.succeed(),
      onError: (error) => this.fail(error),
    });
    this.stand("Chờ gửi", "Bỏ");
    waiting.push(this);
  }

  // A wrong offset and what is no answer at all pass; a refusal does not.
  shouldRetry(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const passes = navigator.onLine && (status === 0 || status === 409 || status >= 500);
    if (passes) this.stand("Mất kết nối, đang thử lại", "Dừng");
    return passes;
  }

  start() {
    underWay += 1;
    this.isRunning = true;
    this.stand("Đang gửi", "Dừng");
    this.upload.start();
  }

  show(sent) {
    this.progress.value = sent;
    this.stand(`Đang gửi ${Math.floor((100 * sent) / this.file.size)} %`, "Dừng");
  }

  stop() {
    if (this.isRunning) underWay -= 1;
    this.isRunning = false;
    sendNext();
  }

  succeed() {
    this.isDone = true;
    this.row.remove();
    this.say(`Đã gửi xong ${this.file.name}.`);
    const list = this.form.closest(".evidence").querySelector("[data-evidence-list]");
    htmx.ajax("GET", list.dataset.address, { target: list, swap: "outerHTML" });
    this.stop();
  }

  async fail(error) {
    this.stop();
    const status = error.originalResponse?.getStatus() ?? 0;
    if (status === 401 || (status === 403 && !this.isDenied)) {
      this.isDenied = status === 403;
      this.stand("Phiên làm việc đã hết", "Gửi tiếp");
      if (await ensureSignedIn({ anew: this.isDenied }).catch(() => false)) this.goOn();
    } else if (status === 422) {
      this.refuse(error.originalResponse.getBody());
    } else if (status >= 400 && status < 500 && status !== 409) {
      this.refuse("Không gửi được tệp này. Hãy tải lại trang rồi thử lại.");
    } else {
      this.stand(navigator.onLine ? "Chưa gửi xong: máy chủ không trả lời" : "Mất mạng, sẽ gửi tiếp khi có mạng", "Gửi tiếp");
      this.say(`Chưa gửi xong ${this.file.name}.`);
    }
  }

  refuse(words) {
    this.isDone = true;
    this.progress.remove();
    this.row.classList.add("refused");
    this.stand(words, "Bỏ khỏi danh sách");
    this.say(`${this.file.name}: ${words}`);
  }

  goOn() {
    if (this.isDone || this.isRunning || waiting.includes(this)) return;
    waiting.push(this);
    this.stand("Chờ gửi", "Bỏ");
    sendNext();
  }

  press() {
    if (this.isRunning) {
      this.isStopped = true;
      this.upload.abort();
      this.stand("Đã dừng", "Gửi tiếp");
      this.stop();
    } else if (this.isDone || waiting.includes(this)) {
      this.isDone = true;
      if (waiting.includes(this)) waiting.splice(waiting.indexOf(this), 1);
      this.row.remove();
      this.form.querySelector("input[type=file]").focus();
    } else {
      this.isStopped = false;
      this.goOn();
    }
  }

  stand(words, action) {
    this.state.textContent = words;
    this.button.textContent = action;
    this.button.setAttribute("aria-label", `${action}: ${this.file.name}`);
  }

  say(words) {
    this.form.querySelector("[data-said]").textContent = words;
  }
}

const all = [];

function sendNext() {
  while (underWay < AT_ONCE && waiting.length) waiting.shift().start();
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  form.querySelector("[data-without-script]").hidden = true;
  // The label alone is the button then: a browser's own speaks the browser's language.
  input.classList.add("visually-hidden");
  input.labels[0].classList.add("btn", "btn-outline-primary", "btn-sm");
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("change", () => {
    for (const file of input.files) all.push(new Sending(form, file));
    input.value = "";
    sendNext();
  });
}

window.addEventListener("online", () => {
  for (const sending of all) if (sending.isRunning === false && !sending.isStopped) sending.goOn();
});

window.addEventListener("beforeunload", (event) => {
  if (underWay || waiting.length) event.preventDefault();
});

// Removing a file asks to sign in where the session has ended, and says what was done to whoever stands in the list.
document.addEventListener("htmx:responseError", async (event) => {
  const form = event.target.closest("[data-evidence-list] form");
  if (form && event.detail.xhr.status === 401 && (await ensureSignedIn().catch(() => false))) form.requestSubmit();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  const evidence = event.target.closest(".evidence");
  evidence?.querySelector("input[type=file]")?.focus();
});
