// Progressive enhancement only: every page works without this file.
"use strict";

// Menus close when the person goes elsewhere or presses Escape.
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form is sent once: a second click while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// `data-confirm` asks before an act that cannot be taken back.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});

// `data-submit-on-change`: a filter takes effect when chosen.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// `data-check-all="name"`: one box ticks all boxes of that name in its form.
document.addEventListener("change", (event) => {
  const name = event.target.dataset && event.target.dataset.checkAll;
  if (!name) return;
  for (const box of event.target.form.querySelectorAll(`input[name="${name}"]`)) {
    box.checked = event.target.checked;
  }
});

// `data-print`: the browser's own print dialog.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// `data-narrow-closed`: what a phone shows closed at first, so that the rows come before the filters.
if (window.matchMedia("(max-width: 30rem)").matches) {
  for (const part of document.querySelectorAll("[data-narrow-closed]")) part.open = false;
}

// `data-count="name"`: how many boxes of that name are ticked.
document.addEventListener("change", () => {
  for (const place of document.querySelectorAll("[data-count]")) {
    const ticked = document.querySelectorAll(`input[name="${place.dataset.count}"]:checked`).length;
    place.hidden = ticked === 0;
    place.querySelector("b").textContent = ticked;
  }
});

// Paper holds what a screen folds away.
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details.said")) part.open = true;
});
