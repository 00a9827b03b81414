/** Limits how much runs at the same time. Work that has to wait begins in order. */
export class Slots {
  #free;
  /** @type {Set<() => void>} */ #queue = new Set();

  /** @param {number} count */
  constructor(count) {
    this.#free = count;
  }

  /**
   * Runs `work` once a slot is free. Rejects without running it if `signal` is aborted before.
   * @template T
   * @param {() => Promise<T>} work
   * @param {AbortSignal} [signal]
   * @returns {Promise<T>}
   */
  async run(work, signal) {
    await this.#take(signal);
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** @param {AbortSignal} [signal] */
  async #take(signal) {
    signal?.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise((/** @type {(value?: undefined) => void} */ resolve, reject) => {
      const onAbort = () => {
        this.#queue.delete(begin);
        reject(signal?.reason);
      };
      const begin = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.add(begin);
    });
  }

  #release() {
    const [next] = this.#queue;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#queue.delete(next);
    next();
  }
}
