// Counts the characters under a box as they are typed, as the server counts them.
const vietnamese = new Intl.NumberFormat("vi-VN");
for (const line of document.querySelectorAll("[data-counts]")) {
  const box = document.getElementById(line.dataset.counts);
  const show = () => {
    const length = [...box.value.normalize("NFC")].length;
    line.querySelector("[data-count]").textContent = vietnamese.format(length);
    line.querySelector("[data-over]").hidden = length <= Number(line.dataset.limit);
  };
  box?.addEventListener("input", show);
}

// What is said of a text holds until it is written anew; the next page says it again where it is still so.
for (const note of document.querySelectorAll("[data-holds-until-typed]")) {
  document.getElementById(note.dataset.holdsUntilTyped)?.addEventListener("input", () => { note.hidden = true; });
}

// Last year's answer stands open where there is room for it beside the box.
if (window.matchMedia("(min-width: 1200px)").matches) {
  for (const details of document.querySelectorAll("[data-opens-beside]")) details.open = true;
}
