// Copies the text of a box (button[data-copies]). Where the browser does not let it, the text is selected for the keys.

for (const button of document.querySelectorAll("[data-copies]")) {
  const box = document.getElementById(button.dataset.copies);
  const notice = document.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    box.focus();
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
      notice.textContent = `Đã sao chép. Sang ${button.dataset.copiesTo || "Word"} và dán (Ctrl+V).`;
    } catch {
      notice.textContent = "Trình duyệt không cho chép tự động. Văn bản đã được chọn, hãy bấm Ctrl+C.";
    }
  });
}
