// Compares a file with the hashes on the page, in the browser: nothing is sent anywhere.
const verifier = document.querySelector("[data-verify]");
const answer = verifier.querySelector("[data-answer]");
const drop = verifier.querySelector("[data-drop]");
let asked = 0;

async function sha256(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(tone, words, ...more) {
  const box = document.createElement("div");
  box.className = `alert alert-${tone}`;
  for (const text of [words, ...more]) {
    const line = document.createElement("p");
    line.className = "mb-1";
    line.textContent = text;
    box.append(line);
  }
  box.firstChild.classList.add("fw-bold");
  answer.replaceChildren(box);
}

function sayWhetherPublished(file, digest) {
  const row = document.querySelector(`[data-sha256="${digest}"]`);
  const own = `SHA-256 của tệp: ${digest}`;
  if (!row) {
    say(
      "danger",
      `Không khớp: “${file.name}” không phải là tệp nào đã ban hành của phiên bản này.`,
      "Có thể là tệp của phiên bản khác, tệp đã được mở và lưu lại bằng phần mềm khác, hoặc nội dung đã bị sửa. Hãy tải lại tệp từ nơi ban hành, hoặc tra mã in trên chính tệp đó.",
      own,
    );
  } else if ("replaced" in row.dataset) {
    say("warning", `Khớp: “${file.name}” đúng là ${row.dataset.title}, bản trước, nay đã được thay bằng bản mới hơn.`, own);
  } else {
    say("success", `Khớp: “${file.name}” đúng là ${row.dataset.title} đã ban hành, không bị thay đổi.`, own);
  }
}

async function compare(file) {
  const mine = ++asked;
  say("info", `Đang tính SHA-256 của “${file.name}”…`);
  try {
    const digest = await sha256(file);
    if (mine === asked) sayWhetherPublished(file, digest);
  } catch {
    if (mine === asked) say("danger", `Không đọc được “${file.name}”. Nếu là thư mục hoặc tệp quá lớn, hãy tự tính theo cách dưới đây.`);
  }
}

if (window.crypto?.subtle) {
  verifier.hidden = false;
  verifier.querySelector("[data-file]").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) compare(file);
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("drop-over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("drop-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("drop-over");
    const [file] = event.dataTransfer.files;
    if (file) compare(file);
  });
} else {
  document.querySelector("[data-insecure]").hidden = false;
}
