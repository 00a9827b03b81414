// Reads the pending photos in view again until they are ready, ever more rarely: an upload may be under way for long, or
// may have been given up.

/** @typedef {import('./photo-list.js').PhotoList} PhotoList */

const FIRST_MS = 2000;
const LAST_MS = 60_000;
const FACTOR = 1.6;
const AT_A_TIME = 6;

export class PendingChecks {
  #list;
  #ids;
  #wait = FIRST_MS;
  /** The photos that the present waiting time is for. */
  #watched = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {PhotoList} list
   * @param {() => string[]} ids the pending photos in view
   */
  constructor(list, ids) {
    this.#list = list;
    this.#ids = ids;
  }

  /** Is to be called when the photos in view may have changed. */
  update() {
    const watched = this.#ids().join();
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.#wait = FIRST_MS;
    clearTimeout(this.#timer);
    if (watched) this.#schedule();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#watched = '';
  }

  #schedule() {
    this.#timer = setTimeout(async () => {
      if (document.visibilityState === 'visible') await this.#list.check(this.#ids().slice(0, AT_A_TIME));
      this.#wait = Math.min(LAST_MS, this.#wait * FACTOR);
      if (this.#watched) this.#schedule();
    }, this.#wait);
  }
}
