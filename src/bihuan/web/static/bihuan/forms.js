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

// Cells copied from a sheet fill the rows from here on: one line a row, one tab a field.
const rowsFrom = (input) => {
  const row = input.closest(".row, tbody tr");
  const rows = row ? [...row.parentElement.children] : [];
  return rows.slice(rows.indexOf(row));
};

const fieldsOf = (row) => [...row.querySelectorAll("input:not([type=hidden], [type=checkbox]), select")];

const chosen = (field, word) => {
  const option = [...(field.options || [])].find((one) => one.text.trim() === word || one.value === word);
  return field.options ? (option ? option.value : field.value) : word;
};

document.addEventListener("paste", (event) => {
  const input = event.target;
  const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
  const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  const rows = input.matches && input.matches("input") ? rowsFrom(input) : [];
  if (!rows.length || (lines.length === 1 && lines[0].length === 1)) return;
  event.preventDefault();
  const adding = input.closest(".rows") && input.closest(".rows").nextElementSibling;
  const first = fieldsOf(rows[0]).indexOf(input);
  lines.forEach((words, place) => {
    if (!rows[place] && adding) {
      adding.querySelector("[data-add-row]").click();
      rows.push(input.closest(".rows").lastElementChild);
    }
    const fields = rows[place] ? fieldsOf(rows[place]).slice(first) : [];
    words.forEach((word, at) => {
      if (fields[at]) fields[at].value = chosen(fields[at], word.trim());
    });
  });
});

// A body chosen brings the person who answered for it last, where nobody is named yet.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[list]")) return;
  const row = input.closest(".row, tr, .field-row");
  const option = [...input.list.options].find((one) => one.value === input.value);
  const person = row && row.querySelector('input[name$=".person"], input[name^="person"]');
  if (person && !person.value && option && option.dataset.person) person.value = option.dataset.person;
});
