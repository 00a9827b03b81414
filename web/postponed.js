/**
 * Actions that start a while after the request for them, so that they can be cancelled until then.
 *
 * @typedef {(keepalive: boolean) => unknown} Run `keepalive`: the page is about to go, so requests must outlive it
 * @typedef {object} Postponed
 * @property {() => boolean} cancel returns whether it came in time
 * @property {() => void} start
 * @property {(held: boolean) => void} hold keeps the action from starting, and lets its time begin anew
 * @property {Promise<void>} settled resolves after the action, or rejects as the action did
 */

/** The timers of the browser, which tests replace. */
const TIMERS = {
  set: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
  clear: (/** @type {any} */ timer) => clearTimeout(timer),
};

export class PostponedActions {
  #timers;
  /** @type {Map<(keepalive: boolean) => void, Promise<void>>} */ #waiting = new Map();

  constructor(timers = TIMERS) {
    this.#timers = timers;
  }

  /** How many actions wait. */
  get size() {
    return this.#waiting.size;
  }

  /**
   * Starts `run` after `ms`, unless it is cancelled before.
   * @param {Run} run
   * @param {number} ms
   * @returns {Postponed}
   */
  add(run, ms) {
    const { promise, resolve } = withResolvers();
    const leave = () => {
      this.#timers.clear(timer);
      return this.#waiting.delete(start);
    };
    const start = (keepalive = false) => {
      if (leave()) resolve(outcome(run, keepalive));
    };
    const cancel = () => {
      const inTime = leave();
      if (inTime) resolve();
      return inTime;
    };
    const hold = (/** @type {boolean} */ held) => {
      this.#timers.clear(timer);
      if (!held && this.#waiting.has(start)) timer = this.#timers.set(() => start(), ms);
    };
    this.#waiting.set(start, promise);
    let timer = this.#timers.set(() => start(), ms);
    return { cancel, start: () => start(), hold, settled: promise };
  }

  /**
   * Starts all actions that wait, in the order of their requests. Resolves when they have ended, well or not.
   * @param {{ keepalive?: boolean }} [options]
   */
  async startAll({ keepalive = false } = {}) {
    const waiting = [...this.#waiting];
    for (const [start] of waiting) start(keepalive);
    await Promise.allSettled(waiting.map(([, settled]) => settled));
  }
}

/**
 * @param {Run} run
 * @param {boolean} keepalive
 * @returns {Promise<void>}
 */
async function outcome(run, keepalive) {
  await run(keepalive);
}

/** @returns {{ promise: Promise<void>, resolve: (outcome?: Promise<void>) => void }} */
function withResolvers() {
  /** @type {any} */
  const deferred = {};
  deferred.promise = new Promise((resolve) => Object.assign(deferred, { resolve }));
  return deferred;
}
