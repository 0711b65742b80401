// The page's texts for scripts, written by the server in the reader's language into a JSON data block.

const block = document.getElementById("words");
const texts = block ? JSON.parse(block.textContent) : {};
const language = document.documentElement.lang || "en";
const plurals = new Intl.PluralRules(language);
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

/** The text of a key, with `{name}` replaced by `values.name`. */
export function word(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (slot, name) => (name in values ? String(values[name]) : slot));
}

/** Whether the page carries this text. */
export function knows(key) {
  return key in texts;
}

/** The form of `key` for this many: `key-one`, `key-two`, `key-other`. */
export function counted(key, n) {
  const form = `${key}-${plurals.select(n)}`;
  return word(knows(form) ? form : `${key}-other`, { n: number(n) });
}

/** A whole number as the language writes it. */
export function number(n) {
  return whole.format(n);
}

/** A size in decimal units, with one decimal place below ten: as the server writes sizes. */
export function size(bytes) {
  if (bytes < 1000) return word("size-bytes", { n: number(bytes) });
  const units = ["size-kilobytes", "size-megabytes", "size-gigabytes", "size-terabytes"];
  let amount = bytes / 1000;
  let unit = 0;
  while (amount >= 999.5 && unit + 1 < units.length) {
    amount /= 1000;
    unit += 1;
  }
  return word(units[unit], { n: (amount < 9.95 ? tenths : whole).format(amount) });
}

/** How long, in the largest unit that fits. */
export function duration(seconds) {
  if (seconds < 90) return word("upload-seconds", { n: number(Math.max(1, Math.round(seconds))) });
  if (seconds < 90 * 60) return word("upload-minutes", { n: number(Math.round(seconds / 60)) });
  return word("upload-hours", { n: tenths.format(seconds / 3600) });
}

/** Says something to those who listen to the page. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}
