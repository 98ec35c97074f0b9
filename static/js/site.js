// On a phone the places slide; the one that is open stands in view.
const places = document.querySelector(".site-places .nav");
const here = places?.querySelector("[aria-current]");
if (here) places.scrollLeft = here.offsetLeft - (places.clientWidth - here.offsetWidth) / 2;

// An error summary takes the focus, so that a screen reader begins there.
document.querySelector("[data-takes-focus]")?.focus();

// Asks before a form is sent that cannot be taken back easily.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A session that ended must not cost what was typed: nothing leaves the page before somebody is signed in, and who is
// not signs in again in a dialog over it.
const signInDialog = document.querySelector("[data-sign-in-again]");
const writer = signInDialog?.dataset.email;
let whoWrites = writer;

// Asks who is signed in, or signs in, and brings every form of the page to the newest token.
async function askWhoIsSignedIn(options) {
  const response = await fetch(signInDialog.dataset.address, options);
  if (!response.ok) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const answer = page.querySelector("[data-token]");
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = answer.dataset.token;
  return answer;
}

function showSignIn(answer) {
  signInDialog.replaceChildren(answer);
  const address = answer.querySelector("[name=login]");
  address.value ||= writer;
  if (!signInDialog.open) {
    const box = document.activeElement;
    const caret = [box.selectionStart, box.selectionEnd];
    signInDialog.showModal();
    // The browser gives the focus back without the caret, and drops what is typed next.
    signInDialog.addEventListener("close", () => {
      box.blur();
      box.focus();
      if (box.localName === "textarea") box.setSelectionRange(...caret);
    }, { once: true });
  }
  (answer.querySelector("[data-takes-focus]") || answer.querySelector("[name=password]")).focus();
}

// Tells, once it is known, whether who writes is signed in; `anew` asks even if so. Throws where there is no answer.
async function ensureSignedIn({ anew = false } = {}) {
  const answer = await askWhoIsSignedIn();
  if (answer.dataset.signedIn === whoWrites && !anew) return true;
  signInDialog.returnValue = "";
  showSignIn(answer);
  return new Promise((resolve) => {
    signInDialog.addEventListener("close", () => resolve(signInDialog.returnValue === "signed in"), { once: true });
  });
}

signInDialog?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    const answer = await askWhoIsSignedIn({ method: "POST", body: new FormData(event.target) });
    if (answer.dataset.signedIn === writer) {
      whoWrites = writer;
      signInDialog.close("signed in");
    } else {
      showSignIn(answer);
    }
  } catch {
    button.disabled = false;
    signInDialog.querySelector("[data-notice]").textContent =
      "Chưa đăng nhập được: máy chủ không trả lời hoặc tạm dừng nhận. Hãy đợi một phút rồi thử lại.";
  }
});

signInDialog?.addEventListener("click", (event) => {
  if (event.target.matches("[data-writes-on]")) {
    whoWrites = event.target.closest("[data-signed-in]").dataset.signedIn;
    signInDialog.close("signed in");
  }
  if (event.target.matches("[data-closes]")) signInDialog.close();
});

for (const form of document.querySelectorAll("form[data-keeps-text]")) {
  form.addEventListener("input", () => { form.dataset.unsaved = ""; });
  form.addEventListener("submit", async (event) => {
    if (form.dataset.state === "going") {
      form.dataset.state = "gone";
      delete form.dataset.unsaved;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.state) return; // a second click
    form.dataset.state = "asking";
    const notice = form.querySelector("[data-notice]");
    try {
      const isSignedIn = await ensureSignedIn();
      form.dataset.state = isSignedIn ? "going" : "";
      notice.textContent = isSignedIn ? "" : "Phiên làm việc đã hết, nội dung vẫn còn trên trang này. Hãy bấm lưu để đăng nhập lại.";
    } catch {
      form.dataset.state = "";
      notice.textContent = "Không kết nối được máy chủ, nội dung vẫn còn trên trang này. Hãy kiểm tra mạng rồi bấm lưu lại.";
    }
    notice.hidden = !notice.textContent;
    if (form.dataset.state === "going") form.requestSubmit(event.submitter);
  });
  window.addEventListener("pageshow", () => { form.dataset.state = ""; });
}

// Warns before typed text is left behind unsaved.
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-unsaved]")) event.preventDefault();
});

// Prints the page.
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
