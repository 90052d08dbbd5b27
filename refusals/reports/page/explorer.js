"use strict";
// The list of cases: filters, order and page live in the fragment; a row opens its case at #d/<id>.
(async () => {
  const section = document.getElementById("list");
  const form = document.getElementById("filters");
  const table = document.getElementById("rows");
  const count = document.getElementById("count");
  const pager = document.getElementById("pager");
  if (typeof DecompressionStream === "undefined") {
    count.textContent = "This browser cannot unpack the list: it has no DecompressionStream, which Chromium has since version 80, Firefox since 113 and Safari since 16.4. The same facts are in junit.xml and in run.sqlite.";
    section.removeAttribute("aria-busy");
    return;
  }

  const PAGE = 50;
  const more = document.getElementById("more-filters");
  const cells = await Cells.open();
  const view = CaseView(cells);
  const filters = [...form.querySelectorAll("select")].map((select) => select.name);
  const first = { sort: "went", down: false, page: 0 };
  let order = { ...first };
  let found = new Uint32Array(0);
  let unknown = [];
  let missing = false; // the fragment names a case that is not there

  const pages = () => Math.max(1, Math.ceil(found.length / PAGE));
  const number = (value) => value.toLocaleString("en");

  const draw = (cell) => {
    const get = (name) => cells.get(cell, name);
    const tongue = cells.tongue(get("language"));
    const by = [get("judge"), get("reason")].filter(Boolean).join(": ");
    const score = get("score");
    const line = make("tr", {},
      make("td", {}, wentOf(get("went"))),
      make("td", { "data-head": "case" }, make("a", { href: `#d/${encodeURIComponent(cells.id(cell))}`, tabindex: "-1" }, get("case"))),
      make("td", { "data-head": "language" }, make("code", {}, tongue.tag), " ", tongueOf(tongue)),
      make("td", { "data-head": "system" }, get("system")),
      make("td", { "data-head": "expected" }, get("expected"), " ", make("small", {}, get("label"))),
      make("td", { "data-head": "outcome" }, get("outcome")),
      ...(scored ? [make("td", { "data-head": "score" }, score === null ? "" : String(score))] : []),
      make("td", { "data-head": "by" }, make("bdi", {}, by)));
    line.cell = cell;
    return line;
  };
  const scored = cells.column("score").some((score) => score !== null);
  if (!scored) table.querySelector("[data-sort=score]").remove();

  const page = () => {
    order.page = Math.min(Math.max(order.page, 0), pages() - 1);
    const from = order.page * PAGE;
    const shown = [...found.subarray(from, from + PAGE)];
    table.tBodies[0].replaceChildren(...shown.map(draw));
    const links = table.querySelectorAll("tbody a");
    if (links.length) links[0].tabIndex = 0;
    table.hidden = !found.length;
    pager.hidden = pages() < 2;
    document.getElementById("page").textContent = `page ${number(order.page + 1)} of ${number(pages())}`;
    for (const button of pager.querySelectorAll("button")) {
      button.disabled = /first|previous/.test(button.dataset.page) ? order.page === 0 : order.page === pages() - 1;
    }
    for (const th of table.tHead.querySelectorAll("th")) {
      if (th.dataset.sort === order.sort) th.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    }
    const rows = pages() < 2 ? "" : `, rows ${number(from + 1)} to ${number(from + shown.length)}`;
    const some = found.length === cells.size ? `${number(cells.size)} cases` : `${number(found.length)} of ${number(cells.size)} cases`;
    count.classList.remove("not-there");
    count.textContent = `${some}${rows}${unknown.length ? `; this run has none with ${unknown.join(", none with ")}` : ""}`;
  };

  const apply = async () => {
    const given = [...new FormData(form)].filter(([name, value]) => value && name !== "find");
    const words = form.elements.find.value.trim();
    if (words && cells.hasTexts) await cells.texts();
    found = unknown.length ? new Uint32Array(0) : cells.chosen(Object.fromEntries(given), words);
    if (order.sort !== first.sort || order.down) found = cells.sorted(found, order.sort, order.down);
    page();
  };

  const fragment = () => {
    const pairs = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    if (order.sort !== first.sort || order.down) pairs.set("sort", `${order.down ? "-" : ""}${order.sort}`);
    if (order.page) pairs.set("page", String(order.page + 1));
    return pairs.size ? `#list?${pairs}` : "#list";
  };
  const toFragment = () => history.replaceState(null, "", fragment());

  const place = (cell) => {
    const at = found.indexOf(cell);
    document.getElementById("case-place").textContent = at < 0 ? "" : `${number(at + 1)} of ${number(found.length)}`;
    for (const [name, to] of [["previous", at - 1], ["next", at + 1]]) {
      view.dialog.querySelector(`[data-go=${name}]`).disabled = at < 0 || to < 0 || to >= found.length;
    }
  };
  const show = async (cell) => { place(cell); await view.show(cell); };
  const step = (by) => {
    const at = found.indexOf(view.shown);
    const to = at < 0 ? undefined : found[at + by];
    if (to === undefined) return;
    history.replaceState(null, "", `#d/${encodeURIComponent(cells.id(to))}`);
    show(to);
  };

  const focusOn = (cell) => {
    const at = found.indexOf(cell);
    if (at < 0) { document.getElementById("list-title").focus(); return; }
    if (Math.floor(at / PAGE) !== order.page) { order.page = Math.floor(at / PAGE); page(); }
    focusRow(at % PAGE);
  };
  const focusRow = (at) => {
    const links = [...table.querySelectorAll("tbody a")];
    for (const link of links) link.tabIndex = -1;
    const link = links.at(at);
    if (link) { link.tabIndex = 0; link.focus(); link.scrollIntoView({ block: "nearest" }); }
  };

  const fromFragment = async () => {
    const { hash } = location;
    missing = false;
    if (hash.startsWith("#d/")) {
      const wanted = decoded(hash.slice(3));
      const cell = cells.find(wanted);
      if (cell >= 0) { page(); await show(cell); return; }
      missing = true;
      view.close();
      page();
      count.textContent = `This page has no case ${wanted}; ${number(cells.size)} others are listed.`;
      count.classList.add("not-there");
      count.focus({ preventScroll: true });
      count.scrollIntoView({ block: "center" });
      return;
    }
    view.close();
    if (!hash.startsWith("#list?")) return;
    const pairs = new URLSearchParams(hash.slice(6));
    unknown = [];
    for (const name of [...filters, "find"]) {
      const value = pairs.get(name) ?? "";
      form.elements[name].value = value;
      if (form.elements[name].value !== value) { form.elements[name].value = ""; unknown.push(`${name} ${value}`); }
    }
    const [, minus, sort] = /^(-?)(.*)$/.exec(pairs.get("sort") ?? "");
    const known = table.tHead.querySelector(`[data-sort="${CSS.escape(sort)}"]`);
    order = { sort: known ? sort : first.sort, down: Boolean(known && minus), page: (Number.parseInt(pairs.get("page") ?? "1", 10) || 1) - 1 };
    more.open ||= [...more.querySelectorAll("select")].some((select) => select.value);
    await apply();
    section.scrollIntoView();
  };
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };

  for (const name of filters) {
    const values = name === "language" ? cells.tongues : cells.values(name);
    const either = name === "went" ? ["wrong"] : [];
    form.elements[name].append(make("option", { value: "" }, "all"), ...[...either, ...values].map((value) => make("option", { value }, name === "went" && value === "wrong" ? "wrong, either way" : value)));
    form.elements[name].closest("label").hidden = values.length < 2;
  }
  if (cells.hasTexts) form.elements.find.placeholder = "case, reason, digest, text";
  let waiting = 0;
  const changed = () => { unknown = []; order.page = 0; apply().then(toFragment); };
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, event.target.name === "find" ? 200 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { order = { ...first }; changed(); }));
  table.tHead.addEventListener("click", (event) => {
    const th = event.target.closest("th");
    if (!th) return;
    order = { sort: th.dataset.sort, down: order.sort === th.dataset.sort && !order.down, page: 0 };
    apply().then(toFragment);
  });
  table.tBodies[0].addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (!event.target.closest("a") && row && getSelection().isCollapsed) row.querySelector("a").click();
  });
  table.tBodies[0].addEventListener("keydown", (event) => {
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const links = [...table.querySelectorAll("tbody a")];
    const at = links.indexOf(event.target) + by;
    if (at >= 0 && at < links.length) { focusRow(at); return; }
    const to = order.page + by;
    if (to < 0 || to >= pages()) return;
    order.page = to;
    page();
    toFragment();
    focusRow(by > 0 ? 0 : -1);
  });
  pager.addEventListener("click", (event) => {
    const to = { first: 0, previous: order.page - 1, next: order.page + 1, last: pages() - 1 }[event.target.dataset.page];
    if (to === undefined) return;
    order.page = to;
    page();
    toFragment();
    section.scrollIntoView();
    if (event.target.disabled) focusRow(0);
  });
  view.dialog.addEventListener("click", (event) => {
    const go = event.target.closest("[data-go]")?.dataset.go;
    if (event.target === view.dialog || go === "close") view.close();
    else if (go) step(go === "next" ? 1 : -1);
  });
  view.dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    if (event.key === "v") view.unveil();
  });
  view.dialog.addEventListener("close", () => {
    if (missing) return; // what is said of it has the focus
    if (location.hash.startsWith("#d/")) toFragment();
    focusOn(view.shown);
  });
  addEventListener("hashchange", fromFragment);
  more.hidden = [...more.querySelectorAll("label")].every((label) => label.hidden);
  for (const part of [form, document.getElementById("keys")]) part.hidden = false;
  await apply();
  section.removeAttribute("aria-busy");
  performance.mark("listed");
  await fromFragment();
})();
