// The photos of the account, as far as they were read, and their URLs. No DOM here.

import { pathAndQuery } from '../api.js';
import { Collection } from './collection.js';
import { Insertions } from './insertions.js';
import { includes, newestFirst, pathOf, photoOf, urlsOf } from './record.js';
import { UrlCache, newPage } from './url-cache.js';

/**
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {import('./record.js').Urls} Urls
 * @typedef {import('./record.js').ImageRecord} ImageRecord
 * @typedef {import('./url-cache.js').Page} Page
 * @typedef {{ get: (path: string) => Promise<any> }} Api
 */

const FIRST_PAGE = '/api/images?limit=100';
// URLs that are younger and do not work do not work for another reason than their age.
const TRUSTED_MS = 10_000;

/** Dispatches `change` after each change of its photos or its state. */
export class PhotoList extends EventTarget {
  /** @type {'loading' | 'ready' | 'failed'} */
  state = 'ready';
  /** Why the last page did not load. @type {any} */
  error = null;
  #api;
  #urls;
  #collection = new Collection();
  /** @type {string | null} */
  #next = FIRST_PAGE;
  /** The end of the last read of the list. Each begins where the one before it ended, so they wait for each other. */
  #turn = Promise.resolve();
  /** @type {Promise<void> | null} */
  #loading = null;
  /** @type {Promise<void> | null} */
  #refreshing = null;
  #insertions = new Insertions();
  /** The response that each photo was in. @type {Map<string, Page>} */
  #pages = new Map();

  /**
   * @param {Api} api
   * @param {() => number} [now] milliseconds
   */
  constructor(api, now = () => Date.now()) {
    super();
    this.#api = api;
    this.#urls = new UrlCache(now);
  }

  /** The photos that were read, newest first. */
  get photos() {
    return this.#collection.photos;
  }

  /** Whether the list has more photos than were read. */
  get more() {
    return this.#next !== null;
  }

  /** Whether nothing was read yet. */
  get fresh() {
    return this.#next === FIRST_PAGE;
  }

  /** @param {string} id */
  has(id) {
    return this.#collection.has(id);
  }

  /** @param {string} id */
  get(id) {
    return this.#collection.get(id);
  }

  /** @param {string} id */
  indexOf(id) {
    return this.#collection.indexOf(id);
  }

  /** Reads the next page. Never rejects: `state` and `error` say what happened. */
  loadMore() {
    if (this.#next === null) return Promise.resolve();
    if (!this.#loading) {
      this.state = 'loading';
      this.#changed();
      this.#loading = this.#inTurn(() => this.#loadNext()).finally(() => {
        this.#loading = null;
        this.#changed();
      });
    }
    return this.#loading;
  }

  /** Reads the first page again, for photos that were uploaded or deleted elsewhere. Ignores failures. */
  refresh() {
    if (this.fresh) return Promise.resolve();
    this.#refreshing ??= this.#inTurn(() => this.#readFirst()).finally(() => {
      this.#refreshing = null;
      this.#changed();
    });
    return this.#refreshing;
  }

  /** @param {() => Promise<void>} work @returns {Promise<void>} */
  #inTurn(work) {
    this.#turn = this.#turn.then(work, work);
    return this.#turn;
  }

  async #loadNext() {
    const path = this.#next;
    try {
      // A refresh may have found meanwhile that there is no more.
      if (path !== null) {
        const before = this.#insertions.count;
        const { results, next } = await this.#api.get(path);
        this.#next = next === null ? null : pathAndQuery(next);
        this.#merge(newPage(path), results, { before, open: false });
      }
      [this.state, this.error] = ['ready', null];
    } catch (error) {
      [this.state, this.error] = ['failed', error];
    }
  }

  async #readFirst() {
    const before = this.#insertions.count;
    const answer = await this.#api.get(FIRST_PAGE).catch(() => null);
    if (!answer) return;
    const { results, next } = answer;
    const overlaps = results.some((/** @type {ImageRecord} */ { id }) => this.has(id));
    if (!overlaps) {
      // At least a page of photos is new, or all are gone: what was read before is of no use.
      const kept = this.#insertions.after(before).map((id) => this.get(id));
      this.#collection.clear();
      this.#next = next === null ? null : pathAndQuery(next);
      this.#merge(newPage(FIRST_PAGE), results, { open: false });
      for (const photo of kept) if (photo) this.#collection.put(photo, { open: this.more });
    } else {
      this.#dropUnlisted(results, next, (id) => !this.#insertions.isAfter(id, before));
      this.#merge(newPage(FIRST_PAGE), results, { before });
    }
  }

  /**
   * Adds or replaces a photo, such as a new upload.
   * @param {ImageRecord} record
   */
  insert(record) {
    this.#insertions.add(record.id);
    this.#merge(newPage(pathOf(record.id)), [record]);
    this.#changed();
  }

  /**
   * The photo `id`, which need not be in the pages that were read. Rejects with an ApiError of status 404 if no photo
   * has this id.
   * @param {string} id
   * @returns {Promise<Photo | null>}
   */
  async find(id) {
    if (!this.get(id)) this.insert(await this.#api.get(pathOf(id)));
    return this.get(id);
  }

  /**
   * The URLs of a photo if they are at hand.
   * @param {string} id
   */
  urls(id) {
    return this.#urls.get(this.#pages.get(id), id);
  }

  /**
   * The URLs of a photo, read again if they have expired, or if `failed` is one of them. Null if it has none that work.
   * @param {string} id
   * @param {string | null} [failed]
   * @returns {Promise<Urls | null>}
   */
  async freshUrls(id, failed = null) {
    const page = this.#pages.get(id);
    if (!page) return null;
    const known = this.urls(id);
    if (known && !(failed && includes(known, failed))) return known;
    if (failed && this.#urls.age(page) < TRUSTED_MS) return null;
    await this.#reload(page);
    // Newer photos may have pushed it out of its page.
    if (!this.urls(id) && this.get(id)) await this.#reload(newPage(pathOf(id)));
    return this.urls(id);
  }

  /**
   * Reads photos again, such as pending ones. Ignores failures.
   * @param {string[]} ids
   */
  async check(ids) {
    await Promise.allSettled(ids.map((id) => this.#reload(newPage(pathOf(id)))));
  }

  /**
   * The URL of a thumbnail that the API makes on request.
   * @param {string} id
   * @param {number} size
   * @param {string} path of the request
   * @returns {Promise<string>}
   */
  async makeThumbnail(id, size, path) {
    const { url } = await this.#api.get(path);
    const urls = this.urls(id);
    if (urls) urls.thumbnails[size] = url;
    return url;
  }

  /**
   * Hides photos that are about to be deleted.
   * @param {string[]} ids
   */
  hide(ids) {
    this.#collection.hide(ids);
    this.#changed();
  }

  /**
   * Shows photos again that were hidden.
   * @param {string[]} ids
   */
  show(ids) {
    this.#collection.show(ids, { open: this.more });
    this.#changed();
  }

  /**
   * Forgets photos that were deleted.
   * @param {string[]} ids
   */
  forget(ids) {
    this.#collection.forget(ids);
    for (const id of ids) this.#pages.delete(id);
  }

  /**
   * Reads a page again. Photos that it listed and that are gone leave the list.
   * @param {Page} page
   */
  #reload(page) {
    page.loading ??= this.#read(page).finally(() => {
      page.loading = null;
      this.#changed();
    });
    return page.loading;
  }

  /** @param {Page} page */
  async #read(page) {
    const before = this.#insertions.count;
    try {
      const answer = await this.#api.get(page.path);
      const records = answer.results ?? [answer];
      if (answer.results) this.#dropUnlisted(records, answer.next, (id) => this.#pages.get(id) === page);
      this.#merge(page, records, { before });
    } catch (error) {
      if (/** @type {any} */ (error)?.status !== 404) throw error;
      this.#collection.drop(({ id }) => pathOf(id) === page.path);
    }
  }

  /**
   * Removes the photos that a page would list if they still existed.
   * @param {ImageRecord[]} records of the page
   * @param {string | null} next
   * @param {(id: string) => boolean} isIn whether a photo belongs in the page, unless it is too old
   */
  #dropUnlisted(records, next, isIn) {
    const listed = new Set(records.map(({ id }) => id));
    const oldest = next !== null && records.length > 0 ? photoOf(records[records.length - 1]) : null;
    this.#collection.drop((photo) =>
      !listed.has(photo.id) && isIn(photo.id) && (oldest === null || newestFirst(photo, oldest) < 0));
  }

  /**
   * @param {Page} page
   * @param {ImageRecord[]} records
   * @param {{ open?: boolean, before?: number }} [options] `open`: whether photos beyond the end of the grid wait for
   *   their page; `before`: how many insertions there were when `page` was asked for
   */
  #merge(page, records, { open = this.more, before = this.#insertions.count } = {}) {
    for (const record of records) {
      if (!this.#insertions.isAfter(record.id, before)) this.#collection.put(photoOf(record), { open });
      this.#pages.set(record.id, page);
    }
    this.#urls.set(page, new Map(records.map((record) => [record.id, urlsOf(record)])));
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
