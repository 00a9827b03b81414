import { isNetworkFailure, isTemporary } from './problems.js';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** How often a server may fail in a row. A lost connection is waited for without a limit. */
const SERVER_FAILURES = 8;

/** @typedef {import('./clock.js').Clock} Clock */

/** Repeats what failed for a while: with longer and longer waits, which end at once when the connection is back. */
export class Retries {
  #clock;
  #random;
  #woken = new AbortController();

  /** @param {{ clock: Clock, random?: () => number }} options */
  constructor({ clock, random = Math.random }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Ends all waits, because the connection is back or the laptop woke up. */
  wake() {
    const woken = this.#woken;
    this.#woken = new AbortController();
    woken.abort();
  }

  /**
   * Repeats `work` until it succeeds or fails for good. Calls `onWait` with what it waits for, and with null before
   * the next try.
   * @template T
   * @param {() => Promise<T>} work
   * @param {{ signal?: AbortSignal, onWait?: (what: 'network' | 'server' | null) => void }} [options]
   * @returns {Promise<T>}
   */
  async run(work, { signal, onWait } = {}) {
    let failures = 0;
    let serverFailures = 0;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        signal?.throwIfAborted();
        if (!isTemporary(error)) throw error;
        if (!isNetworkFailure(error) && ++serverFailures > SERVER_FAILURES) throw error;
        onWait?.(isNetworkFailure(error) ? 'network' : 'server');
        if (await this.#pause(failures, signal)) failures = 0;
        else failures += 1;
        onWait?.(null);
      }
    }
  }

  /**
   * Waits, and returns whether `wake` ended the wait.
   * @param {number} failures
   * @param {AbortSignal} [signal]
   */
  async #pause(failures, signal) {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    const either = eitherSignal(this.#woken.signal, signal);
    try {
      await this.#clock.wait(longest * (0.75 + this.#random() / 4), either.signal);
      return false;
    } catch {
      signal?.throwIfAborted();
      return true;
    } finally {
      either.release();
    }
  }
}

/**
 * A signal that is aborted as soon as one of `signals` is, until `release`. `AbortSignal.any` is too new for some
 * browsers.
 * @param {...(AbortSignal | undefined)} signals
 */
export function eitherSignal(...signals) {
  const controller = new AbortController();
  const abort = () => controller.abort(signals.find((signal) => signal?.aborted)?.reason);
  for (const signal of signals) signal?.addEventListener('abort', abort);
  if (signals.some((signal) => signal?.aborted)) abort();
  const release = () => {
    for (const signal of signals) signal?.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, release };
}
