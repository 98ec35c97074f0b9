// An error summary takes the focus, so that a screen reader begins there.
document.querySelector("[data-takes-focus]")?.focus();

// Asks before a form is sent that cannot be taken back easily.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

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
