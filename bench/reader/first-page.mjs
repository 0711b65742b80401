// How soon the first page of a long document is seen: a made-up PDF of 600 pages is shared, and opened at
// its beginning, in its middle and by a search, each for the first time and again.
//
//   cargo build && (cd tests/browser && npm ci) && node bench/reader/first-page.mjs [PAGES]
//
// Prints milliseconds from the navigation's start until the page's picture is decoded, what the document
// holds then, and how long it takes to find a word on all pages.
import { launch } from "../../tests/browser/support/chromium.js";
import { Homeroom } from "../../tests/browser/support/homeroom.js";
import { Visitor } from "../../tests/browser/support/visitor.js";

const PAGES = Number(process.argv[2] ?? 600);
const WORDS = ["energy", "matrix", "cell", "oxygen", "membrane", "protein", "carbon", "glucose", "enzyme", "proton", "electron", "water", "light", "carrier", "gradient"];

const [browser, homeroom] = await Promise.all([launch(), Homeroom.start()]);
try {
  const visitor = await Visitor.open(browser, homeroom);
  await visitor.signUp("reader");
  const [url] = await visitor.share(["long.pdf", madeUpPdf(PAGES), "application/pdf"]);
  console.log(`${PAGES} pages`);
  for (const [name, address] of [["beginning", `${url}?page=1`], ["middle", `${url}?page=${PAGES >> 1}`], ["by a search", `${url}?page=${PAGES - 7}&q=unique${PAGES - 7}`]]) {
    for (const time of ["first", "again"]) console.log(`${name}, ${time}:`, await opened(visitor, address));
  }
  const started = performance.now();
  await visitor.page.fill("[data-find] [name=q]", "gradient");
  await visitor.page.waitForFunction(() => Number(document.querySelector("[data-found]")?.dataset.total) > 100);
  const rows = await visitor.page.locator("[data-found] li").count();
  console.log(`found on ${rows} pages in ${Math.round(performance.now() - started)} ms`);
} finally {
  await browser.close();
  await homeroom.stop();
}

async function opened(visitor, address) {
  await visitor.go("/keys");
  await visitor.go(address);
  return visitor.page.evaluate(async () => {
    const number = document.querySelector("[data-stage]").ariaLabel;
    const picture = [...document.querySelectorAll(".leaf img")].find((image) => image.getBoundingClientRect().bottom > 0);
    await picture.decode();
    return { seen_ms: Math.round(performance.now()), elements: document.querySelectorAll("*").length, loaded: document.querySelectorAll(".leaf:not(:empty)").length, number };
  });
}

/** Pages of 45 lines of ten words; each has one word of its own. */
function madeUpPdf(pages) {
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", `<< /Type /Pages /Count ${pages} /Kids [${Array.from({ length: pages }, (_, at) => `${4 + at * 2} 0 R`).join(" ")}] >>`, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"];
  for (let page = 1; page <= pages; page += 1) {
    const lines = Array.from({ length: 45 }, (_, line) => Array.from({ length: 10 }, (_, at) => WORDS[(page * 7 + line * 3 + at * 5) % WORDS.length]).join(" "));
    lines[20] += ` unique${page}`;
    const drawing = `BT /F1 11 Tf 14 TL 60 780 Td ${lines.map((line) => `(${line}) Tj T*`).join(" ")} ET`;
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${objects.length + 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`);
    objects.push(`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`);
  }
  let text = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length;
  return Buffer.from(`${text}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`);
}
