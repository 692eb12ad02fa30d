// What an eye sees at once, and neither a request nor axe tells.

/** In the page: everything that looks wrong, each in words. */
export function looks() {
  const found = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  /** Whether a box stands inside of another one, to a pixel. */
  const inside = (inner, outer) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;

  /** The part of an element that what scrolls around it leaves in sight. */
  const shown = (element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let around = element.parentElement; around; around = around.parentElement) {
      if (getComputedStyle(around).overflowY === "visible") continue;
      const frame = around.getBoundingClientRect();
      [left, top] = [Math.max(left, frame.left), Math.max(top, frame.top)];
      [right, bottom] = [Math.min(right, frame.right), Math.min(bottom, frame.bottom)];
    }
    return { left, top, right, bottom, width: right - left, height: bottom - top };
  };

  const nameOf = (element) => element.getAttribute("aria-label") ?? (element.textContent.slice(0, 30) || element.tagName);

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

  const main = document.querySelector("dialog[open]") ?? document.querySelector("main");
  // What is cut says itself whole to whoever points at it.
  for (const element of main?.querySelectorAll("*") ?? []) {
    if (element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0 || !seen(element)) continue;
    if (getComputedStyle(element).textOverflow !== "ellipsis" || element.closest("[title], input, .visually-hidden")) continue;
    found.push(`"${element.textContent.slice(0, 40)}" is cut, and nothing says the whole`);
  }

  // On a wide page rows stay dense: nothing in them is squeezed into a column of words, and no name is broken.
  if (innerWidth > 860) {
    for (const row of main?.querySelectorAll(".table tbody tr:not(.table__waiting)") ?? []) {
      // Why something failed is told in sentences.
      if (row.querySelector(".troubles__cause")) continue;
      const { height } = row.getBoundingClientRect();
      if (height > (row.querySelector(".person__names") ? 48 : 78)) found.push(`the row "${row.textContent.slice(0, 40)}" is ${Math.round(height)} pixels high`);
    }
    for (const cell of main?.querySelectorAll(".table :is(.is-id, .is-time, .is-state) .table__cell") ?? []) {
      if (cell.getBoundingClientRect().height > 46) found.push(`"${cell.textContent.slice(0, 40)}" is broken in its cell`);
    }
  }

  // Nothing to press lies over another one, and no text of a list runs into what stands beside it.
  const boxes = [...(main?.querySelectorAll("a, button, input, select, textarea, .table__cell") ?? [])]
    .filter((element) => seen(element) && !element.closest(".visually-hidden"))
    .map((element) => [element, shown(element)])
    .filter(([, box]) => box.width > 2 && box.height > 2);
  for (const [index, [one, a]] of boxes.entries()) {
    for (const [other, b] of boxes.slice(index + 1)) {
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) < 3) continue;
      if (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) < 3) continue;
      if (one.contains(other) || other.contains(one) || one.closest("label")?.contains(other)) continue;
      found.push(`"${nameOf(one)}" and "${nameOf(other)}" lie over each other`);
    }
  }
  for (const cell of main?.querySelectorAll(".table__cell") ?? []) {
    const over = cell.scrollWidth - cell.clientWidth;
    if (over > 1 && getComputedStyle(cell).overflow === "visible" && seen(cell)) {
      found.push(`"${cell.textContent.slice(0, 40)}" runs ${over} pixels out of its cell`);
    }
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
