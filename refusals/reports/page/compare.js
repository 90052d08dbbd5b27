"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const data = JSON.parse(document.getElementById("listed").textContent);
  const columns = ["change", "system", "language", "case", "label", "domain", "before", "after"];
  const rows = data.rows.map((cells) => {
    const row = Object.fromEntries(columns.map((name, at) => [name, cells[at]]));
    return { ...row, id: `${row.language}/${row.system}/${row.case}` };
  });
  const filters = ["change", "system", "language", "label", "domain"];
  const table = document.getElementById("rows");
  const body = table.tBodies[0];
  const more = document.getElementById("more");
  const count = document.getElementById("count");
  const PAGE = 40;
  let found = [];
  let shown = 0;
  let only = "";

  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const draw = (row) => {
    const [name, direction, script] = data.languages[row.language] || ["", "auto", ""];
    const tongue = make("bdi", { lang: row.language, dir: direction, "data-script": script }, name);
    const change = make("span", { class: `change ${row.change}` }, make("span", { "aria-hidden": "true" }, data.symbols[row.change]), ` ${row.change}`);
    body.append(make("tr", { id: `f/${row.id}`, ...(only ? { class: "only" } : {}) },
      make("td", {}, change),
      make("td", { "data-head": "system" }, row.system),
      make("td", { "data-head": "language" }, make("code", {}, row.language), " ", tongue),
      make("td", {}, make("a", { href: `#f/${encodeURIComponent(row.id)}` }, row.case)),
      make("td", { "data-head": "before" }, row.before),
      make("td", { "data-head": "after" }, row.after)));
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
    found = rows.filter((row) => (only ? row.id === only
      : filters.every((name) => !wanted.get(name) || row[name] === wanted.get(name))
        && (!find || `${row.case} ${row.before} ${row.after}`.toLowerCase().includes(find))));
    const all = `${rows.length} case${rows.length === 1 ? "" : "s"}`;
    count.textContent = only
      ? `one case: ${only}; clear the filters to see all ${rows.length}`
      : found.length === rows.length ? all : `${found.length} of ${all}`;
    body.replaceChildren();
    shown = 0;
    page();
  };

  const toFragment = () => {
    const pairs = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", pairs.size ? `#flips?${pairs}` : "#flips");
  };

  const fromFragment = () => {
    const fragment = location.hash.slice(1);
    const isRow = fragment.startsWith("f/");
    if (!isRow && !fragment.startsWith("flips?")) return;
    only = isRow ? decodeURIComponent(fragment.slice(2)) : "";
    const pairs = new URLSearchParams(isRow ? "" : fragment.slice(6));
    for (const name of [...filters, "find"]) form.elements[name].value = pairs.get(name) || "";
    apply();
    document.getElementById("flips").scrollIntoView();
  };

  for (const name of filters) {
    const values = [...new Set(rows.map((row) => row[name]))];
    if (name !== "change") values.sort();
    form.elements[name].append(make("option", { value: "" }, "all"), ...values.map((value) => make("option", { value }, value)));
  }
  form.addEventListener("input", () => { only = ""; apply(); toFragment(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { only = ""; apply(); toFragment(); }));
  more.addEventListener("click", page);
  addEventListener("hashchange", fromFragment);
  apply();
  fromFragment();
})();
