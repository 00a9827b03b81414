const WINDOW_MS = 8000;
const LEAST_MS = 1000;

/** Measures how fast bytes move, over the last seconds. */
export class Rate {
  /** @type {{ at: number, bytes: number }[]} */ #samples = [];
  #bytes = 0;

  /**
   * Bytes in a second up to `now`, or null while it is too early to tell.
   * @param {number} now
   */
  at(now) {
    this.#samples.push({ at: now, bytes: this.#bytes });
    while (this.#samples.length > 2 && this.#samples[1].at <= now - WINDOW_MS) this.#samples.shift();
    const elapsed = now - this.#samples[0].at;
    return elapsed < LEAST_MS ? null : ((this.#bytes - this.#samples[0].bytes) * 1000) / elapsed;
  }

  /**
   * `send`, which also counts here what it sends.
   * @param {import('./send.js').Send} send
   * @returns {import('./send.js').Send}
   */
  measured(send) {
    return (url, headers, blob, { signal, onProgress }) => {
      let before = 0;
      const counted = (/** @type {number} */ sent) => {
        this.#bytes += Math.max(0, sent - before);
        before = sent;
        onProgress(sent);
      };
      return send(url, headers, blob, { signal, onProgress: counted });
    };
  }

  /** Begins anew, because nothing is being sent. */
  reset() {
    this.#samples = [];
  }
}
