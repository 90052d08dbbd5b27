"use strict";
// The decisions of the run: unpacked, looked up, filtered and put in order. Cells are numbered as they are packed.
const Cells = (() => {
  const unpack = (name) => unpacked(`pack-${name}`);

  const SEARCHED = ["case", "digest", "reason", "judge", "category", "model"];

  const open = async () => {
    const data = await unpack("cells");
    const { tables, languages, went } = data;
    const home = {};
    const codes = { reply: Int32Array.from(data.replies) };
    for (const [table, columns] of Object.entries(tables)) {
      codes[table] = Int32Array.from(data.cells[table]);
      for (const name of Object.keys(columns)) home[name] = table;
    }
    const size = codes.case.length;
    const column = (name) => tables[home[name]][name];
    const get = (cell, name) => column(name)[codes[home[name]][cell]];
    const id = (cell) => `${get(cell, "language")}/${get(cell, "system")}/${get(cell, "case")}`;
    const tongues = Object.fromEntries(languages.map(([tag, name, direction, script]) => [tag, { tag, name, direction, script }]));

    const find = (wanted) => {
      for (let cell = 0; cell < size; cell += 1) if (id(cell) === wanted) return cell;
      return -1;
    };

    // What went wrong is one value of `went`, beside the two ways to.
    const fits = (name, value, wanted) => value === wanted || (name === "went" && wanted === "wrong" && /^(over|under)-/.test(value));

    const masksOf = (wanted) => {
      const masks = {};
      for (const [name, value] of Object.entries(wanted)) {
        const values = column(name);
        const mask = masks[home[name]] ??= new Uint8Array(values.length).fill(1);
        values.forEach((each, row) => { if (!fits(name, each, value)) mask[row] = 0; });
      }
      return Object.entries(masks).map(([table, mask]) => [codes[table], mask]);
    };

    const hitsOf = (words) => {
      const has = (text) => text.toLowerCase().includes(words);
      const hits = SEARCHED.map((name) => [codes[home[name]], Uint8Array.from(column(name), has)]);
      for (const [table, lines] of [["prompt", said.prompts], ["reply", said.replies]]) {
        hits.push([codes[table], Uint8Array.from(lines, (each) => each?.some(([, text]) => has(text)) ?? false)]);
      }
      return hits;
    };

    const chosen = (wanted, words) => {
      const masks = masksOf(wanted);
      const hits = words ? hitsOf(words.toLowerCase()) : null;
      const found = new Uint32Array(size);
      let count = 0;
      cells: for (let cell = 0; cell < size; cell += 1) {
        for (const [code, mask] of masks) if (!mask[code[cell]]) continue cells;
        if (hits && !hits.some(([code, mask]) => mask[code[cell]])) continue;
        found[count] = cell;
        count += 1;
      }
      return found.subarray(0, count);
    };

    const compare = (name) => {
      const order = new Map(went.map((value, at) => [value, at]));
      return name === "went" ? (a, b) => order.get(a) - order.get(b) : (a, b) => (a < b ? -1 : Number(a > b));
    };

    const ranked = {};
    const ranksOf = (name) => ranked[name] ??= (() => {
      const known = [...new Set(column(name))].filter((value) => value !== null);
      const values = typeof known[0] === "number" ? Float64Array.from(known).sort() : known.sort(compare(name));
      const ranks = new Map();
      values.forEach((value, at) => ranks.set(value, at));
      return { most: values.length, of: column(name).map((value) => ranks.get(value) ?? -1) };
    })();

    // By counting: as quick as one pass, and cells of one rank keep the order they are packed in. None is always last.
    const sorted = (found, name, down) => {
      const { most, of } = ranksOf(name);
      const code = codes[home[name]];
      const place = (cell) => { const rank = of[code[cell]]; return rank < 0 ? most : down ? most - 1 - rank : rank; };
      const starts = new Uint32Array(most + 2);
      for (const cell of found) starts[place(cell) + 1] += 1;
      for (let at = 1; at < starts.length; at += 1) starts[at] += starts[at - 1];
      const ordered = new Uint32Array(found.length);
      for (const cell of found) { const at = place(cell); ordered[starts[at]] = cell; starts[at] += 1; }
      return ordered;
    };

    let families = null;
    const family = (cell) => {
      if (!families) {
        families = new Map();
        for (let each = 0; each < size; each += 1) {
          const name = get(each, "family");
          if (families.has(name)) families.get(name).push(each); else families.set(name, [each]);
        }
      }
      return families.get(get(cell, "family"));
    };
    const beside = (cell) => family(cell).filter((each) => get(each, "case") === get(cell, "case"));
    const source = (cell) => beside(cell).find((each) => get(each, "language") === data.source) ?? -1;

    // Texts are unpacked when somebody asks for them: they are most of the page.
    const hasTexts = ["prompts", "replies", "replies_when_right"].some((name) => document.getElementById(`pack-${name}`));
    const said = { prompts: [], replies: [] };
    let unpacking = null;
    const texts = () => unpacking ??= (async () => {
      const [prompts, replies, whenRight] = await Promise.all(["prompts", "replies", "replies_when_right"].map(unpack));
      said.prompts = prompts ?? [];
      said.replies = [...(replies ?? new Array(data.apart)), ...(whenRight ?? [])];
    })();

    return {
      size, get, id, find, chosen, sorted, family, beside, source, hasTexts, texts,
      source_language: data.source,
      column,
      values: (name) => [...new Set(column(name))].sort(compare(name)),
      tongue: (tag) => tongues[tag] ?? { tag, name: "", direction: "auto", script: "" },
      tongues: languages.map(([tag]) => tag),
      prompt: (cell) => said.prompts[codes.prompt[cell]] ?? null,
      reply: (cell) => said.replies[codes.reply[cell]] ?? null,
      answered: (cell) => codes.reply[cell] >= 0,
      read: (cell) => data.read[cell] ?? [],
      history: (cell) => data.history[cell] ?? [],
    };
  };

  return { open };
})();
