// Forms of acts: the draft is kept while one types, and rows can be added. Every form works without this.
"use strict";

const WAIT = 2000;
const waiting = new WeakMap();

const keepDraft = (form) => {
  const typed = new FormData(form);
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
  fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(typed) });
};

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !form.dataset.draft) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keepDraft(form), WAIT));
});

document.addEventListener("submit", (event) => clearTimeout(waiting.get(event.target)));

// `data-add-row` copies the last row before it, empty.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  const rows = button.parentElement.previousElementSibling;
  const row = rows.lastElementChild.cloneNode(true);
  for (const input of row.querySelectorAll("input, textarea")) input.value = "";
  rows.append(row);
  row.querySelector("input, select, textarea").focus();
});
