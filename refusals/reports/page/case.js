"use strict";
// One decision with all that is known of it: texts side by side, signals, judgement, and its family elsewhere.
const CaseView = (cells) => {
  const dialog = document.getElementById("case");
  const [head, body] = ["case-head", "case-body"].map((id) => document.getElementById(id));
  let shown = -1;
  let unveiled = false;

  const part = (title, ...children) => make("section", {}, make("h3", {}, title), ...children);
  const list = (facts) => make("dl", { class: "facts" }, ...facts
    .filter(([, value]) => value !== "" && value !== null && value !== undefined && value !== false)
    .map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, ...(Array.isArray(value) ? value : [String(value)])))));

  const heading = (cell) => {
    const tongue = cells.tongue(cells.get(cell, "language"));
    return [
      make("p", { class: "case-went" }, wentOf(cells.get(cell, "went")), ` · expected ${cells.get(cell, "expected")} · ${cells.get(cell, "outcome")}`),
      make("h2", { id: "case-title", tabindex: "-1" }, cells.get(cell, "case")),
      make("p", { class: "lead" }, make("code", {}, tongue.tag), " ", tongueOf(tongue), ` · ${cells.get(cell, "system")} · ${cells.get(cell, "label")}`),
    ];
  };

  // One text needs no name; of several each says whose it is.
  const said = (lines, { tag, direction, script }) => lines.flatMap(([who, text]) => {
    const attributes = { dir: "auto", "data-script": script };
    if (tag) attributes.lang = tag;
    const words = text.trim() ? visible(text) : [make("i", {}, text ? "only white space" : "empty"), ...visible(text)];
    return [
      ...(lines.length < 2 ? [] : [make("p", { class: "who" }, ...visible(who))]),
      make("blockquote", text.trim() ? attributes : { dir: direction === "rtl" ? "rtl" : "ltr" }, ...words),
    ];
  });

  // One request beside its source; what was not asked in this run is not in it either.
  const sides = (cell) => {
    const tongue = cells.tongue(cells.get(cell, "language"));
    const mine = cells.get(cell, "state") === "missing"
      ? [make("p", { class: "none" }, "There is no translation, so that this case was not asked.")]
      : left(cells.prompt(cell), "prompt", (lines) => said(lines, tongue));
    const own = cells.get(cell, "state") === "source";
    const name = (of) => [tongueOf(of), make("small", {}, own ? " as it was written" : ` ${cells.get(cell, "state")}`)];
    const here = make("div", {}, make("h4", {}, ...name(tongue)), ...mine);
    if (own) return make("div", { class: "sides" }, here);
    const from = cells.source(cell);
    const of = cells.tongue(cells.source_language);
    const source = from < 0
      ? [make("p", { class: "none" }, `This run did not ask the case in ${of.name || of.tag}, its source language, so that its source text is not in it.`)]
      : left(cells.prompt(from), "prompt", (lines) => said(lines, of));
    const title = of.name ? tongueOf(of) : make("code", {}, of.tag);
    return make("div", { class: "sides" }, make("div", {}, make("h4", {}, title, make("small", {}, " source")), ...source), here);
  };

  const left = (lines, what, draw) => (lines === null
    ? [make("p", { class: "none" }, `The page would be too large with this ${what}; it is in run.sqlite.`)] : draw(lines));

  const replied = (cell) => {
    const spoken = cells.get(cell, "reply_language");
    const tongue = spoken ? cells.tongue(spoken) : { tag: "", direction: "auto", script: cells.tongue(cells.get(cell, "language")).script };
    if (!cells.answered(cell)) return [make("p", { class: "none" }, "There is no reply.")];
    return left(cells.reply(cell), "reply", (lines) => said(lines, tongue));
  };

  const texts = (cell) => {
    if (!cells.hasTexts) return [];
    if (cells.get(cell, "label") === "harmful" && !unveiled) {
      const button = make("button", { type: "button", id: "unveil" }, "Show the texts ", make("kbd", {}, "v"));
      button.addEventListener("click", unveil);
      return [make("div", { class: "veil" }, make("p", {}, "A harmful case: its prompt and its reply are veiled until you ask for them."), button)];
    }
    return [part("Prompt", sides(cell)), part("Reply", ...replied(cell))];
  };

  const unveil = async () => {
    if (unveiled || cells.get(shown, "label") !== "harmful") return;
    unveiled = true;
    await draw(shown);
    document.getElementById("case-title").focus();
  };

  const signals = (cell) => {
    const get = (name) => cells.get(cell, name);
    const spoken = get("reply_language");
    return part("Signals", list([
      ["outcome", get("outcome")], ["score", get("score")], ["category", get("category")],
      ["reply language", spoken && [make("code", {}, spoken), spoken === get("language") ? "" : ", not the prompt’s"]],
      ["reply", get("truncated") && "cut short"], ["attempts", get("attempts") || ""], ["model", get("model")],
    ]));
  };

  const judgement = (cell) => {
    const get = (name) => cells.get(cell, name);
    const read = cells.read(cell).map(([ending, by]) => make("div", {}, `${ending}${by ? ` (${by})` : ""}`));
    return part("Judgement", list([
      ["expected", get("expected")], ["judge", get("judge")], ["reason", get("reason") && [make("bdi", {}, get("reason"))]],
      ["read by people as", read.length ? read : ""],
    ]));
  };

  const about = (cell) => part("Case", list([
    ...["domain", "kind", "mechanism", "axis", "severity", "tier"].map((name) => [name, cells.get(cell, name)]),
    ["text", cells.get(cell, "state")], ["prompt", [make("code", {}, cells.get(cell, "digest"))]],
  ]));

  const history = (cell) => {
    const rows = cells.history(cell).map(([run, went, outcome]) => make("li", {}, make("code", {}, run), " ", wentOf(went), ` ${outcome}`));
    return rows.length ? [part("Earlier runs", make("ol", { class: "history" }, ...rows))] : [];
  };

  const draw = async (cell) => {
    shown = cell;
    head.replaceChildren(...heading(cell));
    if (cells.hasTexts) await cells.texts();
    if (shown !== cell) return;
    body.replaceChildren(...texts(cell), make("div", { class: "columns" }, signals(cell), judgement(cell)),
      ...history(cell), part("Its family elsewhere", FamilyGrid(cells, cell)), about(cell));
    dialog.scrollTop = 0;
  };

  return {
    dialog,
    get shown() { return shown; },
    async show(cell) {
      unveiled = false;
      if (!dialog.open) dialog.showModal();
      await draw(cell);
      document.getElementById("case-title").focus({ preventScroll: true });
    },
    unveil,
    close() { if (dialog.open) dialog.close(); },
  };
};

// What a family's cases came to in every language, system by system: a symbol a cell, with its words.
const FamilyGrid = (cells, cell) => {
  const family = cells.family(cell);
  const of = (name) => [...new Set(family.map((each) => cells.get(each, name)))];
  const key = (...words) => words.join("\n");
  const at = new Map(family.map((each) => [key(cells.get(each, "system"), cells.get(each, "case"), cells.get(each, "language")), each]));
  const first = (values, wanted) => [wanted, ...values.filter((value) => value !== wanted).sort()];
  const tags = cells.tongues.filter((tag) => family.some((each) => cells.get(each, "language") === tag));
  const cases = first(of("case"), cells.get(cell, "case"));

  const entry = (each, tag) => {
    if (each === undefined) return make("td", {}, make("span", { class: "none", "aria-label": "not asked", role: "img" }, " "));
    const went = cells.get(each, "went");
    const said = `${tag}: ${went}, ${cells.get(each, "outcome")}`;
    const link = make("a", { href: `#d/${encodeURIComponent(cells.id(each))}`, class: `went ${went.replace(" ", "-")}`, title: said, "aria-label": said, tabindex: each === cell ? "0" : "-1" }, SYMBOLS[went]);
    if (each === cell) link.setAttribute("aria-current", "true");
    return make("td", {}, link);
  };
  const line = (system, name) => make("tr", {}, make("th", { scope: "row" }, name.slice(name.lastIndexOf("/") + 1)),
    ...tags.map((tag) => entry(at.get(key(system, name, tag)), tag)));

  const table = make("table", { class: "elsewhere" },
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "case"), ...tags.map((tag) => make("th", { scope: "col" }, make("span", {}, tag))))),
    ...first(of("system"), cells.get(cell, "system")).map((system) => make("tbody", {},
      make("tr", { class: "system" }, make("th", { scope: "rowgroup", colspan: String(tags.length + 1) }, system)),
      ...cases.map((name) => line(system, name)))));
  table.addEventListener("keydown", (event) => moveInGrid(event, table));
  const legend = make("p", { class: "legend" }, ...Object.keys(SYMBOLS).filter((went) => of("went").includes(went)).map(wentOf));
  return make("div", {}, make("div", { class: "scroll", role: "region", "aria-label": "The family in all languages and systems", tabindex: "0" }, table), legend);
};

const moveInGrid = (event, table) => {
  const from = event.target.closest("td");
  const [right, down] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key] ?? [0, 0];
  if (!from || (!right && !down)) return;
  event.preventDefault();
  const rows = [...table.rows];
  let [row, column] = [rows.indexOf(from.parentElement), from.cellIndex];
  for (;;) {
    [row, column] = [row + down, column + right];
    if (row < 1 || row >= rows.length || column < 1 || column >= rows[0].cells.length) return;
    const link = rows[row].cells[column]?.querySelector("a");
    if (!link) continue;
    for (const each of table.querySelectorAll("a")) each.tabIndex = each === link ? 0 : -1;
    link.focus();
    return;
  }
};
