// The texts of the app, in the reader's language.

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
 * The number of something, with the form of the word that the language wants: `plural(2, { one: 'file', other: 'files' })`.
 * @param {number} count
 * @param {{ one: string, other: string }} forms
 */
export function plural(count, forms) {
  return count === 1 ? forms.one : forms.other;
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
