/** @typedef {import('./upload.js').Upload} Upload */

/** The records of unfinished uploads: those that this browser remembers, and those that the server has. */
export class Records {
  #api;
  #retries;
  #remembered;
  #tab;
  #clock;

  /**
   * @param {object} of
   * @param {import('./requests.js').Tools['api']} of.api
   * @param {import('./retries.js').Retries} of.retries
   * @param {import('./remembered.js').Remembered} of.remembered
   * @param {string} of.tab
   * @param {import('./clock.js').Clock} of.clock
   */
  constructor({ api, retries, remembered, tab, clock }) {
    this.#api = api;
    this.#retries = retries;
    this.#remembered = remembered;
    this.#tab = tab;
    this.#clock = clock;
  }

  /**
   * Remembers an upload until `forget`. The next visit offers it again, or ends it if it is cancelled.
   * @param {Upload} upload
   */
  remember({ key, name, size, lastModified, type, kind, visibility, record, cancelled }) {
    const at = this.#remembered.get(key)?.at ?? this.#clock.now();
    const { id } = record ?? {};
    this.#remembered.save({ key, tab: this.#tab, at, name, size, lastModified, type, kind, visibility, record: id, cancelled });
  }

  /** @param {Upload} upload */
  forget({ key }) {
    this.#remembered.forget(key);
  }

  /**
   * Deletes the record that the server has of `upload`, and forgets it. A failure is left to the next visit.
   * @param {Upload} upload
   */
  async discard(upload) {
    const { key, recordPath: path } = upload;
    if (path) {
      this.remember(/** @type {Upload} */ ({ ...upload, record: upload.record, cancelled: true }));
      try {
        await this.#retries.run(() => this.#api.delete(path));
      } catch (error) {
        if (/** @type {any} */ (error).status !== 404) return;
      }
    }
    this.#remembered.forget(key);
  }
}
