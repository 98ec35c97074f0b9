// Walks the tables of figures: Enter and the arrows go to the same column of the next row or the one before.

const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

document.querySelector("form.figures")?.addEventListener("keydown", (event) => {
  const box = event.target;
  const step = STEPS[event.key];
  if (!step || !box.closest(".figure-row") || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key !== "Enter" && box.type !== "text") return; // a list of choices has its own arrows
  event.preventDefault();
  const column = box.name.split("-")[0];
  const boxes = [...event.currentTarget.querySelectorAll(`.figure-row [name^="${column}-"]`)].filter((other) => other.offsetParent);
  const next = boxes[boxes.indexOf(box) + step];
  next?.focus();
  if (next?.type === "text") next.select();
});
