// File names: where to cut a long one, and which part of it a person means to change.

/** An extension that is longer than this is more likely a part of the name. */
const MAX_EXTENSION = 10;
/** How many characters of the stem stay visible beside the extension. */
const KEPT = 5;
/** A stem with no more characters than these besides is not cut. */
const SHORT = 4;

/** Extensions that only together say what the file is. */
const DOUBLE = /\.tar\.[^.]{1,4}$/i;

/** What a reader sees as one character each. @param {string} text */
const characters = (text) => [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map((it) => it.segment);

/**
 * The index at which the extension begins, with its dot; the length of the name if it has none.
 * @param {string} name
 * @returns {number}
 */
export function extensionAt(name) {
  const double = DOUBLE.exec(name);
  if (double && double.index > 0) return double.index;
  const dot = name.lastIndexOf('.');
  const isExtension = dot > 0 && name.length - dot - 1 > 0 && name.length - dot - 1 <= MAX_EXTENSION && !/\s/.test(name.slice(dot));
  return isExtension ? dot : name.length;
}

/**
 * The name in two parts: the list shortens the first with an ellipsis and always shows the second, which holds the
 * extension. The second part is empty if the name has no extension.
 * @param {string} name
 * @param {number} [kept] how many characters of the first part the second one takes
 * @returns {[start: string, end: string]}
 */
export function cutForDisplay(name, kept = KEPT) {
  const at = extensionAt(name);
  if (at === name.length) return [name, ''];
  const stem = characters(name.slice(0, at));
  if (kept === 0 || stem.length <= kept * 2 + SHORT) return [name.slice(0, at), name.slice(at)];
  const last = stem.slice(-kept).join('');
  return [name.slice(0, at - last.length), last + name.slice(at)];
}

/** The extension with its dot, in lower case. @param {string} name */
export const extensionOf = (name) => name.slice(extensionAt(name)).toLowerCase();

/** How many bytes the name has in UTF-8, which the server limits to 255. @param {string} name */
const byteLength = (name) => new TextEncoder().encode(name).length;

const MAX_NAME_BYTES = 255;

/**
 * What is wrong with a new file name, or null.
 * @param {string} name
 * @returns {'blank' | 'long' | 'path' | null}
 */
export function nameProblem(name) {
  if (!name.trim() || /^\.*$/.test(name.trim())) return 'blank';
  if (/[/\\]/.test(name)) return 'path';
  return byteLength(name.trim()) > MAX_NAME_BYTES ? 'long' : null;
}

/**
 * What a change of name sends: only fields that differ. Without a title, the file name is the title.
 * @param {{ title: string, filename: string }} record
 * @param {{ title: string, filename: string }} entered
 * @returns {{ title?: string, filename?: string }}
 */
export function nameChange(record, entered) {
  const filename = entered.filename.trim();
  const title = entered.title.trim() || filename;
  /** @type {{ title?: string, filename?: string }} */
  const change = {};
  if (title !== record.title) change.title = title;
  if (filename !== record.filename) change.filename = filename;
  return change;
}
