"use strict";
(function () {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  for (const tools of all(".tools")) tools.hidden = false;

  const findings = all(".finding");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const boxes = all("input[name=severity]");

  function filter() {
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = search ? search.value.trim().toLowerCase() : "";
    let count = 0;
    for (const finding of findings) {
      const fits = wanted.has(finding.dataset.severity) && finding.textContent.toLowerCase().includes(words);
      finding.hidden = !fits;
      if (fits) count += 1;
    }
    for (const row of all("table.rows tbody tr")) {
      row.hidden = words !== "" && !row.textContent.toLowerCase().includes(words);
    }
    if (shown) shown.textContent = shown.dataset.words.replace("%s", count).replace("%a", findings.length);
  }

  for (const box of boxes) box.addEventListener("change", filter);
  if (search) {
    search.addEventListener("input", filter);
    search.form.addEventListener("submit", (event) => event.preventDefault());
  }
  const fold = (open) => () => { for (const finding of findings) finding.open = open; };
  for (const [id, open] of [["fold", false], ["unfold", true]]) {
    const button = document.getElementById(id);
    if (button) button.addEventListener("click", fold(open));
  }
  if (shown) filter();

  const picture = document.querySelector("svg.lineage");
  const fit = document.getElementById("fit");
  if (picture && fit) fit.addEventListener("click", () => {
    fit.setAttribute("aria-pressed", String(picture.classList.toggle("fit")));
  });

  // A large picture begins where its subject is, not in an empty corner.
  const canvas = document.querySelector(".canvas");
  const subject = document.querySelector(".box.subject .paper");
  if (canvas && subject) {
    const box = subject.getBoundingClientRect();
    canvas.scrollTop += box.top - canvas.getBoundingClientRect().top - (canvas.clientHeight - box.height) / 2;
  }

  // A node of the picture and its row in the appendix belong together: choosing one marks both.
  function choose() {
    const id = location.hash.slice(1);
    for (const one of all(".chosen")) one.classList.remove("chosen");
    const target = id && document.getElementById(id);
    if (!target) return;
    for (const one of all("svg.lineage a")) if (one.dataset.node === id) one.classList.add("chosen");
    target.classList.add("chosen");
    target.hidden = false;
    if (target.tagName === "DETAILS") target.open = true;
    target.focus({ preventScroll: true });
  }
  addEventListener("hashchange", choose);
  choose();

  // What is folded on the screen must not be missing on paper.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
})();
