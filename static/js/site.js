// An error summary takes the focus, so that a screen reader begins there.
document.querySelector("[data-takes-focus]")?.focus();

// Asks before a form is sent that cannot be taken back easily.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A session that ended must not cost what was typed. Before a form with text leaves, the page is asked for again:
// a sign-in page instead of it, or no answer, keeps the form here; else it goes with the newest token.
async function freshToken() {
  const answer = await fetch(window.location.href, { redirect: "manual" });
  if (!answer.ok) throw new Error("signed out");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[name=csrfmiddlewaretoken]").value;
}

for (const form of document.querySelectorAll("form[data-keeps-text]")) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.state === "going") {
      form.dataset.state = "gone";
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.state) return; // a second click
    form.dataset.state = "asking";
    const notice = form.querySelector("[data-notice]");
    try {
      form.elements.csrfmiddlewaretoken.value = await freshToken();
      form.dataset.state = "going";
      form.requestSubmit(event.submitter);
    } catch (error) {
      form.dataset.state = "";
      notice.hidden = false;
      notice.textContent = error.message === "signed out"
        ? "Phiên làm việc đã hết, nội dung vẫn còn trên trang này. Hãy mở một cửa sổ khác, đăng nhập, rồi quay lại bấm lưu."
        : "Không kết nối được máy chủ, nội dung vẫn còn trên trang này. Hãy kiểm tra mạng rồi bấm lưu lại.";
    }
  });
  window.addEventListener("pageshow", () => { form.dataset.state = ""; });
}

// Warns before typed text is left behind unsaved.
for (const form of document.querySelectorAll("form[data-keeps-text]")) {
  let changed = form.hasAttribute("data-unsaved");
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// Prints the page.
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
