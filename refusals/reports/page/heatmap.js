"use strict";
// What the page draws when it is asked to, unpacked once for all scripts.
const drawn = (async () => {
  const content = typeof DecompressionStream === "undefined" ? null : await unpacked("drawn");
  return content ?? { maps: [], families: [], words: [] };
})();

(() => {
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.className = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);
  let described = null;

  const hideTip = () => {
    tip.hidden = true;
    if (described) described.removeAttribute("aria-describedby");
    described = null;
  };

  const showTip = (cell, text) => {
    hideTip();
    tip.textContent = text;
    tip.hidden = false;
    cell.setAttribute("aria-describedby", "tip");
    described = cell;
    const at = cell.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(8, left) + scrollX}px`;
    tip.style.top = `${at.bottom + 5 + scrollY}px`;
  };

  const option = (value, text) => {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = text;
    return made;
  };

  const filled = (select, values) => {
    select.append(option("", "all"), ...values.map((value) => option(value, value)));
    select.parentElement.hidden = values.length < 2;
  };

  const start = (figure, map, words) => {
    const table = figure.querySelector("table");
    const body = table.tBodies[0];
    const form = figure.querySelector("form");
    const count = form.querySelector(".count");
    const { part, tier, script } = form.elements;
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...body.rows].map((line, at) => ({
      line, at, mean: line.classList.contains("mean"), tag: line.querySelector("code")?.textContent || "mean",
    }));
    let sorted = { column: -1, down: false };
    let squares = map.parts[0][2];

    const textOf = (row, column) => {
      const [texts, besides, tips] = squares[column].map((list) => list[row.at]);
      const [text, beside, behind] = [texts, besides, tips].map((place) => words[place]);
      const name = map.columns[column];
      if (!beside) return `${row.tag}, ${name}: ${text}`;
      const range = behind ? `95 % interval ${beside}; ${behind}` : beside;
      return `${row.tag}, ${name}: ${text}; ${range}`;
    };

    const draw = () => {
      for (const row of rows) {
        [...row.line.cells].slice(1).forEach((cell, column) => {
          const [text, beside, , step] = squares[column].map((list) => list[row.at]);
          cell.className = step === null ? "none" : `h${step}`;
          const figureText = document.createElement("b");
          figureText.textContent = words[text];
          const range = document.createElement("small");
          range.textContent = words[beside];
          cell.replaceChildren(figureText, ...(words[beside] ? [" ", range] : []));
        });
      }
    };

    const arrange = () => {
      const valueOf = (row) => squares[sorted.column][4][row.at];
      const order = [...rows].sort((one, other) => {
        if (one.mean !== other.mean) return one.mean ? 1 : -1;
        if (sorted.column < 0) return sorted.down ? other.at - one.at : one.at - other.at;
        const [a, b] = [valueOf(one), valueOf(other)];
        if (a === null || b === null) return a === b ? one.at - other.at : a === null ? 1 : -1;
        return (sorted.down ? b - a : a - b) || one.at - other.at;
      });
      body.append(...order.map((row) => row.line));
      heads.forEach((head, at) => head.setAttribute(
        "aria-sort", at - 1 === sorted.column ? (sorted.down ? "descending" : "ascending") : "none"));
    };

    const enter = (cell) => { // the one square that the tab key comes to
      for (const other of body.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
      cell.tabIndex = 0;
    };

    const filter = () => {
      const narrowed = tier.value || script.value;
      let shown = 0;
      for (const { line, mean } of rows) {
        line.hidden = mean ? Boolean(narrowed)
          : Boolean((tier.value && line.dataset.tier !== tier.value) || (script.value && line.dataset.script !== script.value));
        if (!line.hidden && !mean) shown += 1;
      }
      const of = rows.filter((row) => !row.mean).length;
      const [key, value] = map.parts[Number(part.value) || 0];
      count.textContent = [
        `${shown} of ${of} languages`,
        key ? `${key} ${value} only` : "",
        narrowed ? "the mean is that of all languages and is left out" : "",
      ].filter(Boolean).join("; ");
      const first = [...body.rows].find((line) => !line.hidden);
      if (first && !body.querySelector("tr:not([hidden]) [tabindex='0']")) enter(first.cells[1]);
    };

    // How the map is narrowed and sorted, as a part of the address: #map/1?cases=domain%2Ffraud&sort=-over-refusal.
    const named = `#map/${figure.dataset.system}`;
    const casesOf = ([key, value]) => (key ? `${key}/${value}` : "");
    const toFragment = () => {
      const pairs = new URLSearchParams();
      const given = { cases: casesOf(map.parts[Number(part.value) || 0]), tier: tier.value, script: script.value };
      for (const [name, value] of Object.entries(given)) if (value) pairs.set(name, value);
      const sort = sorted.column < 0 ? "language" : map.columns[sorted.column];
      if (sorted.column >= 0 || sorted.down) pairs.set("sort", `${sorted.down ? "-" : ""}${sort}`);
      history.replaceState(null, "", pairs.size ? `${named}?${pairs}` : named);
    };
    const fromFragment = () => {
      const [name, query] = location.hash.split("?");
      if (name !== named) return;
      const pairs = new URLSearchParams(query ?? "");
      part.value = String(Math.max(0, map.parts.findIndex((each) => casesOf(each) === pairs.get("cases"))));
      for (const select of [tier, script]) {
        select.value = pairs.get(select.name) ?? "";
        if (select.selectedIndex < 0) select.value = "";
      }
      const [, minus, sort] = /^(-?)(.*)$/.exec(pairs.get("sort") ?? "");
      sorted = { column: map.columns.indexOf(sort), down: Boolean(minus) };
      choose();
      figure.scrollIntoView();
    };

    const choose = () => {
      squares = map.parts[Number(part.value) || 0][2];
      hideTip();
      draw();
      arrange();
      filter();
    };

    const groups = new Map();
    map.parts.forEach(([key, value], at) => {
      if (!key) { part.append(option("0", "all")); return; }
      if (!groups.has(key)) {
        const group = document.createElement("optgroup");
        group.label = key;
        groups.set(key, group);
        part.append(group);
      }
      groups.get(key).append(option(String(at), value));
    });
    const known = (name) => [...new Set(rows.filter((row) => !row.mean).map((row) => row.line.dataset[name]))].filter(Boolean).sort();
    filled(tier, known("tier"));
    filled(script, known("script"));
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => { choose(); toFragment(); });
    form.addEventListener("reset", () => setTimeout(() => { sorted = { column: -1, down: false }; choose(); toFragment(); }));

    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const rising = at === 0 || map.columns[at - 1] === "selectivity"; // what is worst comes first
        sorted = { column: at - 1, down: sorted.column === at - 1 && head.getAttribute("aria-sort") !== "none" ? !sorted.down : !rising };
        arrange();
        toFragment();
      });
    });

    const cells = () => [...body.rows].filter((line) => !line.hidden).map((line) => [...line.cells].slice(1));
    for (const row of rows) {
      [...row.line.cells].slice(1).forEach((cell, column) => {
        cell.tabIndex = -1;
        const say = () => showTip(cell, textOf(row, column));
        cell.addEventListener("mouseenter", say);
        cell.addEventListener("mouseleave", hideTip);
        cell.addEventListener("focus", say);
        cell.addEventListener("blur", hideTip);
      });
    }
    enter(rows[0].line.cells[1]);
    addEventListener("hashchange", fromFragment);
    body.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { hideTip(); return; }
      const grid = cells();
      const down = grid.findIndex((line) => line.includes(event.target));
      if (down < 0) return;
      const across = grid[down].indexOf(event.target);
      const last = grid[down].length - 1;
      const to = {
        ArrowUp: [down - 1, across], ArrowDown: [down + 1, across], ArrowLeft: [down, across - 1],
        ArrowRight: [down, across + 1], Home: [down, 0], End: [down, last],
      }[event.key];
      const next = to && grid[to[0]]?.[to[1]];
      if (!next) return;
      event.preventDefault();
      enter(next);
      next.focus();
    });
    arrange();
    filter();
    fromFragment();
  };

  drawn.then(({ maps, words }) => {
    for (const figure of maps.length ? document.querySelectorAll("figure.map") : []) start(figure, maps[figure.dataset.system - 1], words);
    document.documentElement.dataset.maps = "ready";
  });
  addEventListener("scroll", () => { if (described && !described.matches(":focus")) hideTip(); }, { passive: true });
})();
