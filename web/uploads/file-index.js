/**
 * @typedef {import('./upload.js').Upload} Upload
 * @typedef {Pick<Upload, 'name' | 'size' | 'lastModified' | 'kind' | 'visibility' | 'path'>} Identity
 */

/**
 * What makes two chosen files the very same. Their bytes are not compared: reading them all would take too long.
 * @param {Identity} file
 */
export const sameFile = ({ name, size, lastModified, kind, visibility = '', path }) =>
  JSON.stringify([name, size, lastModified, kind, visibility, path]);

/** The same without the folder, which an earlier visit did not remember. @param {Identity} file */
export const sameLeftFile = (file) => sameFile({ ...file, path: '' });

/** The same whatever it was to become. @param {Pick<Identity, 'name' | 'size' | 'lastModified'>} file */
export const sameBytes = ({ name, size, lastModified }) => JSON.stringify([name, size, lastModified]);

/**
 * Finds uploads by their file.
 * @template T
 */
export class FileIndex {
  /** @type {Map<string, Set<Upload>>} */ #uploads = new Map();
  #keyOf;

  /** @param {(file: T & object) => string} keyOf */
  constructor(keyOf) {
    this.#keyOf = keyOf;
  }

  /** @param {Upload & T} upload */
  add(upload) {
    const key = this.#keyOf(upload);
    const same = this.#uploads.get(key) ?? new Set();
    this.#uploads.set(key, same.add(upload));
  }

  /** @param {Upload & T} upload */
  delete(upload) {
    const key = this.#keyOf(upload);
    const same = this.#uploads.get(key);
    same?.delete(upload);
    if (same?.size === 0) this.#uploads.delete(key);
  }

  /** @param {T & object} file */
  find(file) {
    const [first] = this.#uploads.get(this.#keyOf(file)) ?? [];
    return /** @type {Upload | undefined} */ (first);
  }
}
