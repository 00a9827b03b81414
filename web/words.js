// The texts of the app, in the reader's language.

/** The languages that have a file in words/, by their code. */
const LANGUAGES = ['en'];

/** The code of the language of the texts. */
export const language = choose();

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

function choose() {
  const wanted = globalThis.navigator?.languages ?? [];
  const codes = wanted.map((tag) => tag.slice(0, 2).toLowerCase());
  return codes.find((code) => LANGUAGES.includes(code)) ?? 'en';
}
