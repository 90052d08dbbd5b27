"use strict";
(() => {
  const data = JSON.parse(document.getElementById("decisions").textContent);
  const word = (index) => data.words[index];
  const columns = ["system", "language", "case", "label", "domain", "expected", "outcome", "went", "by", "prompt"];
  const rows = data.rows.map((cells) => {
    const row = { texts: cells[columns.length] || [] };
    columns.forEach((name, at) => { row[name] = name === "case" || name === "prompt" ? cells[at] : word(cells[at]); });
    row.id = `${row.language}/${row.system}/${row.case}`;
    return row;
  });
  const filters = ["system", "language", "label", "domain", "went", "outcome"];
  const marks = { "over-refused": "✗", "under-refused": "✗", undecided: "?" };
  const form = document.getElementById("filters");
  const table = document.getElementById("rows");
  const body = table.tBodies[0];
  const more = document.getElementById("more");
  const count = document.getElementById("count");
  const PAGE = 60;
  let found = [];
  let shown = 0;
  let only = "";

  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const languageOf = (tag) => data.languages[tag] || ["", "auto", ""];

  const said = (row, who, text) => {
    const [, direction, script] = languageOf(row.language);
    const ofPrompt = who !== "answer" && who !== "no answer";
    const shownText = make("blockquote", ofPrompt
      ? { lang: row.language, dir: direction, "data-script": script }
      : { dir: "auto", "data-script": script }, text);
    const parts = [make("p", { class: "who" }, who)];
    if (row.label === "harmful") {
      const button = make("button", { type: "button" }, `show this ${who}`);
      shownText.className = "veiled";
      shownText.setAttribute("aria-hidden", "true");
      button.addEventListener("click", () => {
        shownText.className = "";
        shownText.removeAttribute("aria-hidden");
        button.remove();
      });
      parts.push(button);
    }
    parts.push(shownText);
    return parts;
  };

  const draw = (row) => {
    const [name, direction, script] = languageOf(row.language);
    const tongue = make("bdi", { lang: row.language, dir: direction, "data-script": script }, name);
    const went = make("span", { class: `went ${row.went}` }, make("span", { "aria-hidden": "true" }, marks[row.went] || ""), ` ${row.went}`);
    const line = make("tr", { id: `d/${row.id}` },
      make("td", {}, went),
      make("td", { "data-head": "system" }, row.system),
      make("td", { "data-head": "language" }, make("code", {}, row.language), " ", tongue),
      make("td", { "data-head": "case" }, make("a", { href: `#d/${encodeURIComponent(row.id)}` }, row.case)),
      make("td", { "data-head": "expected" }, row.expected),
      make("td", { "data-head": "outcome" }, row.outcome),
      make("td", { "data-head": "by" }, make("bdi", {}, row.by)),
      make("td", { "data-head": "prompt" }, make("code", {}, row.prompt)));
    body.append(line);
    if (!row.texts.length) return;
    const folded = make("details", {}, make("summary", {}, "texts"));
    folded.addEventListener("toggle", () => {
      if (folded.open && folded.childElementCount === 1) for (const [who, text] of row.texts) folded.append(...said(row, who, text));
    });
    body.append(make("tr", { class: "texts" }, make("td", { colspan: String(8) }, folded)));
  };

  const page = () => {
    for (const row of found.slice(shown, shown + PAGE)) draw(row);
    shown = Math.min(found.length, shown + PAGE);
    more.hidden = shown >= found.length;
    more.textContent = `show ${Math.min(PAGE, found.length - shown)} more of ${found.length}`;
    table.hidden = !found.length;
  };

  const apply = () => {
    const wanted = new FormData(form);
    const find = String(wanted.get("find")).trim().toLowerCase();
    found = rows.filter((row) => (only ? row.id === only : true)
      && filters.every((name) => only || !wanted.get(name) || row[name] === wanted.get(name))
      && (!find || only || `${row.case} ${row.by} ${row.prompt}`.toLowerCase().includes(find)));
    count.textContent = only
      ? `one decision: ${only}; clear the filters to see all ${rows.length}`
      : found.length === rows.length ? `${rows.length} decisions` : `${found.length} of ${rows.length} decisions`;
    body.replaceChildren();
    shown = 0;
    page();
  };

  const toFragment = () => {
    const pairs = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", pairs.size ? `#list?${pairs}` : "#list");
  };

  const fromFragment = () => {
    const fragment = location.hash.slice(1);
    const isRow = fragment.startsWith("d/");
    if (!isRow && !fragment.startsWith("list?")) return;
    only = isRow ? decodeURIComponent(fragment.slice(2)) : "";
    const pairs = new URLSearchParams(isRow ? "" : fragment.slice(5));
    for (const name of [...filters, "find"]) form.elements[name].value = pairs.get(name) || "";
    apply();
    document.getElementById("list").scrollIntoView();
  };

  for (const name of filters) {
    const values = [...new Set(rows.map((row) => row[name]))].sort();
    form.elements[name].append(make("option", { value: "" }, "all"), ...values.map((value) => make("option", { value }, value)));
  }
  form.addEventListener("input", () => { only = ""; apply(); toFragment(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { only = ""; apply(); toFragment(); }));
  more.addEventListener("click", page);
  addEventListener("hashchange", fromFragment);
  addEventListener("beforeprint", () => { for (const folded of document.querySelectorAll("section:not(#list) details")) folded.open = true; });
  apply();
  fromFragment();
})();
