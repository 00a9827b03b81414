// Uploads that a reload or a crash would interrupt. The browser keeps no files, so the user chooses them again.

import { REMEMBERED as PREFIX } from './uploads.js';

/** The server forgets an announcement after a day. */
const LIFETIME_MS = 24 * 3600_000;
/** `localStorage` has room for about ten times as many. */
const MOST = 2000;

/**
 * @typedef {object} Entry
 * @property {string} key the idempotency key of the announcement
 * @property {string} tab the tab that sends it
 * @property {number} at when it was added
 * @property {string} name
 * @property {number} size
 * @property {number} lastModified
 * @property {string} type
 * @property {import('./kinds.js').Kind} kind
 * @property {string} [visibility]
 * @property {string} [record] the id of the announced record
 * @property {number} [stored] how many bytes the store has; not remembered, but asked for
 * @property {boolean} [cancelled] whether the record only has to be deleted
 */

/** The unfinished uploads of one user. A storage that is full or forbidden only makes it forget. */
export class Remembered {
  #storage;
  #prefix;
  #now;
  #count = 0;

  /**
   * @param {Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'> | null} storage
   * @param {string} user the id of the user
   * @param {() => number} now
   */
  constructor(storage, user, now) {
    this.#storage = storage;
    this.#prefix = `${PREFIX}${user}.`;
    this.#now = now;
  }

  /**
   * The entries in the order in which they were added. Removes those that are too old to be continued.
   * @returns {Entry[]}
   */
  list() {
    /** @type {Entry[]} */ const entries = [];
    for (const name of this.#names()) {
      const entry = this.#read(name);
      if (entry && this.#now() - entry.at < LIFETIME_MS) entries.push(entry);
      else this.#storage?.removeItem(name);
    }
    this.#count = entries.length;
    return entries.sort((a, b) => a.at - b.at);
  }

  /** @param {Entry} entry */
  save(entry) {
    const name = this.#prefix + entry.key;
    try {
      const isNew = this.#storage?.getItem(name) === null;
      if (isNew && this.#count >= MOST) return;
      this.#storage?.setItem(name, JSON.stringify(entry));
      if (isNew) this.#count += 1;
    } catch {
      // No room, or forbidden.
    }
  }

  /** @param {string} key */
  forget(key) {
    try {
      const name = this.#prefix + key;
      if (this.#storage?.getItem(name) == null) return;
      this.#storage.removeItem(name);
      this.#count -= 1;
    } catch {
      // Forbidden.
    }
  }

  /** Whether `key` is still remembered: another tab may have finished or taken it. @param {string} key */
  get(key) {
    return this.#read(this.#prefix + key);
  }

  #names() {
    try {
      const length = this.#storage?.length ?? 0;
      const names = Array.from({ length }, (_, at) => this.#storage?.key(at) ?? '');
      return names.filter((name) => name.startsWith(this.#prefix));
    } catch {
      return [];
    }
  }

  /**
   * @param {string} name
   * @returns {Entry | null}
   */
  #read(name) {
    try {
      const entry = JSON.parse(this.#storage?.getItem(name) ?? 'null');
      return typeof entry?.name === 'string' && typeof entry.size === 'number' ? entry : null;
    } catch {
      return null;
    }
  }
}
