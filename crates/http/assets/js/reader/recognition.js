// How far the recognition of scanned pages is, said where the reader stands; at its end a link shows the words.
import { follow } from "../follow.js";
import { number, word } from "../words.js";

export function attachRecognition(reader) {
  const banner = reader.querySelector("[data-recognizing]");
  if (!banner) return;
  const said = banner.querySelector("[data-slot=recognizing]");
  const bar = banner.querySelector("[data-slot=recognized]");
  banner.querySelector("[data-slot=again]").hidden = true;
  const isGoingOn = (material) => Boolean(material.progress);
  const show = ({ done, total }) => {
    bar.max = total;
    bar.value = done;
    const now = word("recognizing-page", { n: number(done), total: number(total) });
    if (said.textContent !== now) said.textContent = now;
  };
  follow(banner.dataset.recognizing, show, undefined, isGoingOn).then((material) => {
    if (!material) return;
    bar.hidden = true;
    said.textContent = word("recognized");
    banner.querySelector("[data-slot=again]").hidden = false;
  });
}
