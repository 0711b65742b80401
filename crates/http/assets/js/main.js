// What every page has: the search field with its suggestions, the keys. Each behaviour is a module of
// its own and finds its elements by their data attributes; a page without them is left alone.
import { attachKeys } from "./keys.js";
import { attachSearch } from "./search.js";
import { attachSuggestions } from "./suggest.js";

attachSuggestions();
attachSearch();
attachKeys();
