"use strict";
// Elements are made of names, attributes and text; nothing is ever parsed as HTML.
const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

// Characters that nobody sees are shown: those that reorder or hide text, controls, and joiners and selectors where no
// script and no emoji needs them.
const visible = (() => {
  const names = {
    0x00: "null", 0x08: "backspace", 0x0d: "carriage return", 0x1b: "escape", 0x7f: "delete", 0x85: "next line",
    0x9b: "control sequence introducer", 0xad: "soft hyphen", 0x34f: "combining grapheme joiner",
    0x61c: "arabic letter mark", 0x115f: "hangul choseong filler", 0x1160: "hangul jungseong filler",
    0x180e: "mongolian vowel separator", 0x200b: "zero width space", 0x200c: "zero width non-joiner",
    0x200d: "zero width joiner", 0x200e: "left-to-right mark", 0x200f: "right-to-left mark", 0x2028: "line separator",
    0x2029: "paragraph separator", 0x202a: "left-to-right embedding", 0x202b: "right-to-left embedding",
    0x202c: "pop directional formatting", 0x202d: "left-to-right override", 0x202e: "right-to-left override",
    0x2060: "word joiner", 0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate",
    0x2068: "first strong isolate", 0x2069: "pop directional isolate", 0x2800: "braille pattern blank",
    0x3164: "hangul filler", 0xfeff: "zero width no-break space", 0xffa0: "halfwidth hangul filler",
    0xfffd: "replacement for what is no character",
  };
  const unseen = new RegExp("(?![\\t\\n\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}])"
    + "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Noncharacter_Code_Point}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u2800\\u3164"
    + "\\uffa0\\ufffd\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]", "gu");
  const joined = new RegExp(`[${["Arab", "Syrc", "Mong", "Nkoo", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh", "Khmr", "Mymr", "Tibt"]
    .map((script) => `\\p{scx=${script}}`).join("")}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f]$`, "u");
  const selected = /[\p{Emoji}\p{Script=Han}\p{Script=Mongolian}]$/u;

  const isNeeded = (text, at, mark) => {
    const before = text.slice(Math.max(0, at - 2), at);
    const after = String.fromCodePoint(text.codePointAt(at + mark.length) ?? 0x20);
    if (mark === "\u200c" || mark === "\u200d") return joined.test(before) && joined.test(after);
    return /[\ufe00-\ufe0f]/.test(mark) && selected.test(before);
  };

  return (written) => {
    const text = written.replaceAll("\r\n", "\n");
    const parts = [];
    let from = 0;
    for (const { 0: mark, index } of text.matchAll(unseen)) {
      if (isNeeded(text, index, mark)) continue;
      const code = mark.codePointAt(0);
      const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
      parts.push(text.slice(from, index), make("bdi", { class: "token", dir: "ltr", title: `${number} ${names[code] ?? "character that is not seen"}` }, `‹${number}›`));
      from = index + mark.length;
    }
    return [...parts, text.slice(from)].filter((part) => part !== "");
  };
})();

const SYMBOLS = { right: "✓", "over-refused": "O", "under-refused": "U", undecided: "?", "not scored": "·", "left out": "–" };

const wentOf = (went) => make("span", { class: `went ${went.replace(" ", "-")}` },
  make("span", { "aria-hidden": "true" }, SYMBOLS[went] ?? ""), ` ${went}`);

const tongueOf = ({ tag, name, direction, script }) => make("bdi", { lang: tag, dir: direction, "data-script": script }, name);
