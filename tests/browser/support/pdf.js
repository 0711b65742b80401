// A small PDF by hand: each page a few lines, with the names of its pages, a table of contents and links.

/**
 * `pages` are lists of lines. `labels` are `[first, dictionary]` pairs for /PageLabels, `outline` is
 * `[title, page]` pairs, `links` `[page, target]` pairs: the first line of a page leads to another. Pages count from 0.
 */
export function madeUpPdf(pages, { labels = [], outline = [], links = [] } = {}) {
  const first = 4 + outline.length;
  const pageId = (at) => first + at * 2;
  const kids = pages.map((_, at) => `${pageId(at)} 0 R`).join(" ");
  const names = labels.map(([from, dictionary]) => `${from} << ${dictionary} >>`).join(" ");
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${labels.length ? `/PageLabels << /Nums [${names}] >>` : ""} ${outline.length ? `/Outlines << /Type /Outlines /First 4 0 R /Last ${3 + outline.length} 0 R /Count ${outline.length} >>` : ""} >>`,
    `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...outline.map(([title, page], at) => `<< /Title (${title}) /Dest [${pageId(page)} 0 R /Fit] ${at + 1 < outline.length ? `/Next ${5 + at} 0 R` : ""} >>`),
  ];
  pages.forEach((lines, at) => {
    const annotations = links.filter(([page]) => page === at).map(([, target]) => `<< /Type /Annot /Subtype /Link /Rect [60 690 300 714] /Border [0 0 0] /Dest [${pageId(target)} 0 R /Fit] >>`);
    const drawing = `BT /F1 16 Tf 28 TL 60 700 Td ${lines.map((line) => `(${line}) Tj T*`).join(" ")} ET`;
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [${annotations.join(" ")}] /Contents ${pageId(at) + 1} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`);
    objects.push(`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`);
  });
  let text = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length;
  return Buffer.from(`${text}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`);
}
