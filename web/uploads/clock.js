// Time as the queue sees it. Tests pass in a clock of their own.

/**
 * `now` is in milliseconds since 1970. It goes on while a laptop sleeps, unlike `performance.now`.
 * `wait` rejects with the reason of `signal` once that is aborted.
 * @typedef {{ now(): number, wait(milliseconds: number, signal?: AbortSignal): Promise<void> }} Clock
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  wait(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};
