"use strict";
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("section:not(#list) details")) folded.open = true;
});
