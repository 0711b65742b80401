// Copying from pictures of pages: lines as lines. The words lie in SVG, which browsers copy without breaks.
export function attachCopy(stage) {
  stage.addEventListener("copy", (event) => {
    const text = selectedText(stage, getSelection());
    if (!text) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });
}

/** The selected lines of the pages, or nothing when text is selected elsewhere. */
export function selectedText(stage, selection) {
  if (selection.isCollapsed || selection.rangeCount === 0) return "";
  const range = selection.getRangeAt(0);
  const pages = [...stage.querySelectorAll(".words")].filter((words) => range.intersectsNode(words));
  return pages.map((words) => [...words.children].filter((line) => range.intersectsNode(line)).map((line) => part(line, range)).filter(Boolean).join("\n")).join("\n\n");
}

function part(line, range) {
  const inside = document.createRange();
  inside.selectNodeContents(line);
  if (line.contains(range.startContainer)) inside.setStart(range.startContainer, range.startOffset);
  if (line.contains(range.endContainer)) inside.setEnd(range.endContainer, range.endOffset);
  return inside.toString().replace(/\s+/g, " ").trim();
}
