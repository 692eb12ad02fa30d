// What an eye sees at once, and neither a request nor axe tells.

/** In the page: everything that looks wrong, each in words. */
export function looks() {
  const found = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  /** Whether a box stands inside of another one, to a pixel. */
  const inside = (inner, outer) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;

  const paper = document.body.appendChild(document.createElement("span"));
  for (const select of document.querySelectorAll(".select--small select")) {
    const style = getComputedStyle(select);
    const text = select.selectedOptions[0]?.text ?? "";
    paper.textContent = text;
    Object.assign(paper.style, { position: "absolute", font: style.font, whiteSpace: "pre" });
    const room = select.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
    // Long IDs that users were given may be; words of the console may not.
    if (/^[!-~]{20,}$/.test(text)) continue;
    if (seen(select) && paper.getBoundingClientRect().width > room) found.push(`"${text}" is cut in its list`);
  }
  paper.remove();

  const tab = document.querySelector(".tabs [aria-selected=true]");
  if (tab && !inside(tab.getBoundingClientRect(), tab.parentElement.getBoundingClientRect())) {
    found.push(`the open tab "${tab.textContent}" is out of sight`);
  }
  const menu = document.querySelector(".frame__menu");
  const here = menu?.querySelector("[aria-current=page]");
  if (here && seen(here) && !inside(here.getBoundingClientRect(), menu.getBoundingClientRect())) {
    found.push(`the page "${here.textContent}" is out of sight in the menu`);
  }

  // Korean is broken between words alone: a word stands on one line.
  const walker = document.createTreeWalker(document.querySelector("dialog[open]") ?? document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!/[가-힣]/.test(node.data) || !seen(node.parentElement)) continue;
    // What is there for screen readers alone is a pixel wide.
    if (node.parentElement.closest(".visually-hidden, option, textarea")) continue;
    for (const { 0: word, index } of node.data.matchAll(/[가-힣]{2,}/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (lines.size > 1) found.push(`"${word}" is broken into ${lines.size} lines`);
    }
  }
  return found;
}
