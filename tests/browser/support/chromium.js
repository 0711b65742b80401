// One Chromium for a test file: the system's, or the one that HOMEROOM_CHROMIUM names.
import { chromium } from "playwright-core";

export function launch(...further) {
  return chromium.launch({ executablePath: process.env.HOMEROOM_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", ...further] });
}
