// The texts of the app, in the reader's language.

/**
 * The texts of another language than English: the same keys, and functions of the same values.
 * @template T
 * @typedef {{ [Key in keyof T]: T[Key] extends (...values: infer Values) => string ? (...values: Values) => string
 *   : T[Key] extends string ? string : Translation<T[Key]> }} Translation
 */

const page = globalThis.document?.documentElement;

/** The codes of the languages that have a file in words/. The page lists them. */
export const LANGUAGES = page?.dataset.languages?.split(' ') ?? ['en'];

const KEY = 'satchel.language';

/** The code of the language of the texts, which the entry has chosen. */
export const language = page?.lang || 'en';

/** The reader's variant of the language, which decides how dates and numbers look: `en-GB`. */
export const locale = globalThis.navigator?.languages?.find((tag) => tag.slice(0, 2).toLowerCase() === language) ?? language;

/** @type {typeof import('./words/en.js').default} */
export const words = (await import(`./words/${language}.js`)).default;

/**
 * The text at a dotted path, such as `photos.title`. A function is called with `values`.
 * @param {string} path
 * @param {...any} values
 * @returns {string}
 */
export function t(path, ...values) {
  /** @type {any} */
  let found = words;
  for (const name of path.split('.')) found = found?.[name];
  return typeof found === 'function' ? found(...values) : (found ?? path);
}

/**
 * The language that the reader chose, or null if the browser's decides.
 * @returns {string | null}
 */
export function chosenLanguage() {
  try {
    return globalThis.localStorage?.getItem(KEY) ?? null;
  } catch {
    return null;
  }
}

/**
 * Keeps a choice of the reader, for the next time that the app loads.
 * @param {string | null} code
 */
export function chooseLanguage(code) {
  try {
    if (code) localStorage.setItem(KEY, code);
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage, the browser's language decides.
  }
}
