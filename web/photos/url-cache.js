// The signed URLs of photos, for the pages of the list that were used last. URLs are long, so those of thousands of
// photos would fill the memory; and they expire, so the page is read again when they are needed later.

import { lifetimeOf } from './record.js';

/**
 * @typedef {import('./record.js').Urls} Urls
 *
 * @typedef {object} Page one response of the API
 * @property {string} path where to read it again
 * @property {Promise<void> | null} loading
 */

/** @typedef {{ urls: Map<string, Urls>, read: number, until: number }} Entry */

// A URL that expires during the transfer of a thumbnail is of no use.
const SPARE_MS = 30_000;
const MOST_URLS = 1500;

export class UrlCache {
  /** In the order of use: a Map keeps the order of insertion. @type {Map<Page, Entry>} */
  #entries = new Map();
  #count = 0;
  #now;

  /** @param {() => number} now milliseconds */
  constructor(now) {
    this.#now = now;
  }

  /** The number of photos whose URLs are kept. */
  get size() {
    return this.#count;
  }

  /**
   * @param {Page} page
   * @param {Map<string, Urls>} urls
   */
  set(page, urls) {
    this.delete(page);
    const read = this.#now();
    this.#entries.set(page, { urls, read, until: read + lifetime(urls) - SPARE_MS });
    this.#count += urls.size;
    for (const oldest of this.#entries.keys()) {
      if (this.#count <= MOST_URLS || oldest === page) break;
      this.delete(oldest);
    }
  }

  /**
   * The URLs of the photo `id` of `page`, unless they have expired or were dropped.
   * @param {Page | undefined} page
   * @param {string} id
   * @returns {Urls | null}
   */
  get(page, id) {
    const entry = page && this.#entries.get(page);
    if (!entry || entry.until <= this.#now()) return null;
    this.#entries.delete(page);
    this.#entries.set(page, entry);
    return entry.urls.get(id) ?? null;
  }

  /**
   * How long ago `page` was read, in milliseconds.
   * @param {Page} page
   */
  age(page) {
    const entry = this.#entries.get(page);
    return entry ? this.#now() - entry.read : Infinity;
  }

  /** @param {Page} page */
  delete(page) {
    this.#count -= this.#entries.get(page)?.urls.size ?? 0;
    this.#entries.delete(page);
  }
}

/**
 * How long all of `urls` are valid, by the first of them: all of a response expire together.
 * @param {Map<string, Urls>} urls
 */
function lifetime(urls) {
  for (const { thumbnails } of urls.values()) {
    for (const url of Object.values(thumbnails)) {
      const ms = lifetimeOf(url);
      if (Number.isFinite(ms)) return ms;
    }
  }
  return Infinity;
}

/**
 * A response that is still to be read.
 * @param {string} path
 * @returns {Page}
 */
export function newPage(path) {
  return { path, loading: null };
}
