import { FileIndex, sameBytes, sameFile, sameLeftFile } from './file-index.js';
import { Rate } from './rate.js';
import { totalsOf } from './totals.js';

const PUBLISH_MS = 100;

/**
 * @typedef {import('./upload.js').Upload} Upload
 * @typedef {import('./upload.js').Status} Status
 * @typedef {import('./file-index.js').Identity} Identity
 * @typedef {{ items: readonly import('./upload.js').Item[], totals: import('./totals.js').Totals }} State
 */

/** The uploads of the queue, and what the outside sees of them. */
export class Roster {
  rate = new Rate();
  #state;
  #clock;
  /** @type {Set<Upload>} */ #uploads = new Set();
  #known = new FileIndex(sameFile);
  #left = new FileIndex(sameLeftFile);
  #leftBytes = new FileIndex(sameBytes);
  #scheduled = false;

  /**
   * @param {import('../store.js').Store<State>} state
   * @param {import('./clock.js').Clock} clock
   */
  constructor(state, clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** @param {Upload} upload */
  insert(upload) {
    this.#uploads.add(upload);
    this.#index(upload);
  }

  /** @param {Upload} upload */
  remove(upload) {
    this.#uploads.delete(upload);
    this.#unindex(upload);
  }

  /**
   * Changes what uploads are found by, together with other properties.
   * @param {Upload} upload
   * @param {Partial<Upload>} properties
   */
  change(upload, properties) {
    this.#unindex(upload);
    upload.set(properties);
    if (this.#uploads.has(upload)) this.#index(upload);
  }

  /** The upload of `file` that is not ready yet, or one that an earlier visit left. @param {Identity} file */
  find(file) {
    return this.#left.find(file) ?? this.#known.find(file);
  }

  /**
   * An upload of `file` that an earlier visit left, whatever it was to become.
   * @param {Pick<Identity, 'name' | 'size' | 'lastModified'>} file
   */
  findLeft(file) {
    return this.#leftBytes.find(file);
  }

  /**
   * The uploads in one of `statuses`, or only the one with `id`.
   * @param {number | undefined} id
   * @param {...Status} statuses
   */
  select(id, ...statuses) {
    return [...this.#uploads].filter(
      (upload) => (id === undefined || upload.id === id) && statuses.includes(upload.status),
    );
  }

  /** @param {Upload} upload */
  #index(upload) {
    // What is ready can be uploaded once more.
    for (const index of this.#indexes(upload)) index.add(upload);
  }

  /** @param {Upload} upload */
  #unindex(upload) {
    for (const index of this.#indexes(upload)) index.delete(upload);
  }

  /** @param {Upload} upload */
  #indexes({ status }) {
    if (status === 'unfinished') return [this.#left, this.#leftBytes];
    return status === 'ready' ? [] : [this.#known];
  }

  /** Publishes soon: many changes of a moment become one. */
  publishSoon = () => {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void this.#clock.wait(PUBLISH_MS).then(() => {
      this.#scheduled = false;
      this.publish();
    });
  };

  publish() {
    const items = Array.from(this.#uploads, (upload) => upload.item);
    const isSending = items.some(({ status }) => status === 'sending');
    if (!isSending) this.rate.reset();
    this.#state.set({ items, totals: totalsOf(items, isSending ? this.rate.at(this.#clock.now()) : null) });
  }
}
