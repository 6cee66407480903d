"use strict";
(function () {
  const bar = document.getElementById("filter");
  if (!bar) return;
  const severities = Array.from(bar.querySelectorAll("input[value]"));
  const dataset = document.getElementById("filter-dataset");
  const text = document.getElementById("filter-text");
  const onlyNew = document.getElementById("filter-new");
  const records = document.getElementById("filter-records");
  const count = document.getElementById("filter-count");
  const sections = Array.from(document.querySelectorAll("section.dataset"));
  const rows = Array.from(document.querySelectorAll("tbody.finding"));
  const words = rows.map((row) => row.textContent.toLowerCase());

  function apply() {
    const wanted = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    const looked = text.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, number) => {
      const fits =
        wanted.has(row.dataset.severity) &&
        (dataset.value === "" || dataset.value === "=" + row.dataset.dataset) &&
        (!(onlyNew && onlyNew.checked) || row.dataset.new === "yes") &&
        (looked === "" || words[number].includes(looked));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    sections.forEach((section) => {
      section.hidden = !section.querySelector("tbody.finding:not([hidden])");
    });
    count.textContent = shown === rows.length ? "" : shown + " of " + rows.length + " shown";
  }

  bar.addEventListener("input", apply);
  records.addEventListener("change", () => {
    document.querySelectorAll("tbody.finding details").forEach((part) => {
      part.open = records.checked;
    });
  });
  // A link to a section that the filter hides shows everything again.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.hidden) return;
    severities.forEach((box) => { box.checked = true; });
    dataset.value = "";
    text.value = "";
    if (onlyNew) onlyNew.checked = false;
    apply();
    target.scrollIntoView();
  });
  bar.hidden = false;
  apply();
})();
