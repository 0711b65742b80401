// What every page has: the search field, the keys, the undo of notices. Each behaviour is a module of
// its own and finds its elements by their data attributes; a page without them is left alone.
import { attachKeys } from "./keys.js";
import { attachSearch } from "./search.js";

attachSearch();
attachKeys();
