"use strict";
(() => {
  const SVG = document.getElementById("family-axes").namespaceURI;
  const PAGE = 48;
  const LABELS = ["benign", "dual-use", "harmful"];
  const SAID = { o: "over-refused", u: "under-refused", q: "undecided" };
  const shapes = Object.fromEntries([...document.querySelectorAll("#family-shapes g")].map((shape) => [shape.dataset.mark, shape.dataset.shape]));

  const made = (name, attributes, ...children) => {
    const element = name === "svg" || name === "path" || name === "use" || name === "title"
      ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const card = ([name, ...rest], like) => {
    const [wrong, decided] = rest.slice(-2);
    const marks = rest.slice(0, -2);
    const said = marks.flatMap((row, at) => Object.entries(SAID)
      .map(([mark, word]) => [word, [...row].filter((found) => found === mark).length])
      .filter(([, times]) => times)
      .map(([word, times]) => `${LABELS[at]} ${word} in ${times}`)).join(", ");
    const paths = ["n", "r", "q", "u", "o"].map((mark) => [mark, marks.map((row, down) => [...row].map((found, across) => (
      found === mark ? `M${like.left + across * like.across} ${like.top + down * like.down}${shapes[mark]}` : "")).join("")).join("")]);
    return made("figure", { class: "family" },
      made("figcaption", {}, made("code", {}, name), " ", made("small", {}, `${wrong} of ${decided} wrong`)),
      made("svg", { viewBox: `0 0 ${like.width} 72`, width: like.width, height: 72, role: "img", "aria-label": `${name}: ${said}` },
        made("use", { href: "#family-axes" }),
        ...paths.filter(([, path]) => path).map(([mark, path]) => made("path", { class: `mark ${mark}`, d: path }))));
  };

  const start = (folded, families) => {
    const like = Object.fromEntries(Object.entries(document.getElementById("family-shapes").dataset).map(([key, value]) => [key, Number(value)]));
    const [form, place, more] = ["form", ".families", "button"].map((each) => folded.querySelector(each));
    const count = form.querySelector(".count");
    let found = families;
    let shown = 0;

    const page = () => {
      place.append(...found.slice(shown, shown + PAGE).map((family) => card(family, like)));
      shown = Math.min(found.length, shown + PAGE);
      more.hidden = shown >= found.length;
      count.textContent = `${shown} of ${found.length} shown`;
    };

    const apply = () => {
      const wanted = form.elements.find.value.trim().toLowerCase();
      found = families.filter(([name]) => name.toLowerCase().includes(wanted));
      place.replaceChildren();
      shown = 0;
      page();
    };

    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", apply);
    more.addEventListener("click", page);
    folded.addEventListener("toggle", () => { if (folded.open && !shown) page(); });
  };

  drawn.then(({ families }) => {
    for (const folded of families.length ? document.querySelectorAll(".more-families") : []) start(folded, families[folded.dataset.system - 1]);
  });
})();
