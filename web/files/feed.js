import { Store } from '../store.js';

/**
 * A list that is read page by page, newest first, and that changes while it is read.
 *
 * @typedef {{ id: string, created_at: string }} Identified
 * @typedef {'idle' | 'loading' | 'failed' | 'end'} Phase
 */

/**
 * @template {Identified} R
 * @typedef {{ records: R[], phase: Phase, error: any, loaded: boolean }} FeedState `loaded`: a first page has arrived
 */

/**
 * @template {Identified} R
 * @typedef {(next: string | null, signal: AbortSignal) => Promise<{ results: R[], next: string | null }>} LoadPage
 */

/** A page with fewer records than this is followed by the next one at once. */
const ENOUGH = 20;

/** Newest first; records of one moment in the order of their ids, which grow with time. @param {Identified} a @param {Identified} b */
const newestFirst = (a, b) => (a.created_at === b.created_at ? compare(b.id, a.id) : compare(b.created_at, a.created_at));

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** @template {Identified} R */
export class Feed {
  #load;
  #abort = new AbortController();
  /** @type {string | null} */ #next = null;
  /** Records that a page must not bring back: deleted, or about to be. @type {Set<string>} */ #removed = new Set();
  /** @type {Store<FeedState<R>>} */ state;

  /** @param {LoadPage<R>} load */
  constructor(load) {
    this.#load = load;
    this.state = new Store(/** @type {FeedState<R>} */ ({ records: [], phase: 'idle', error: null, loaded: false }));
  }

  get records() {
    return this.state.value.records;
  }

  /** @param {string} id */
  find(id) {
    return this.records.find((record) => record.id === id) ?? null;
  }

  /** Ends the reading. */
  stop() {
    this.#abort.abort();
  }

  /**
   * Reads on until there is a screenful of new records, because a filtered list can have short and even empty pages
   * before its end. Does nothing while it reads or at the end.
   */
  async more() {
    const { phase } = this.state.value;
    if (phase === 'loading' || phase === 'end' || this.#abort.signal.aborted) return;
    this.#set({ phase: 'loading', error: null });
    try {
      let count = 0;
      do {
        const page = await this.#load(this.#next, this.#abort.signal);
        if (this.#abort.signal.aborted) return;
        count += page.results.length;
        this.#next = page.next;
        this.#set({ records: this.#with(page.results), loaded: true });
      } while (this.#next && count < ENOUGH);
      this.#set({ phase: this.#next ? 'idle' : 'end' });
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#set({ phase: 'failed', error });
    }
  }

  /** Puts a record where its time belongs, or replaces it. @param {R} record */
  put(record) {
    this.#removed.delete(record.id);
    this.#set({ records: this.#with([record]) });
  }

  /** Replaces a record that the list has. @param {R} record */
  change(record) {
    this.#set({ records: this.records.map((own) => (own.id === record.id ? record : own)) });
  }

  /** @param {string[]} ids */
  remove(ids) {
    for (const id of ids) this.#removed.add(id);
    this.#set({ records: this.records.filter((record) => !this.#removed.has(record.id)) });
  }

  /** Puts back what `remove` took. @param {R[]} records */
  restore(records) {
    for (const record of records) this.#removed.delete(record.id);
    this.#set({ records: this.#with(records) });
  }

  /** @param {R[]} records */
  #with(records) {
    if (records.length === 0) return this.records;
    const byId = new Map(this.records.map((record) => [record.id, record]));
    for (const record of records) if (!this.#removed.has(record.id)) byId.set(record.id, record);
    return [...byId.values()].sort(newestFirst);
  }

  /** @param {Partial<FeedState<R>>} change */
  #set(change) {
    this.state.update((state) => ({ ...state, ...change }));
  }
}
