// Time as the queue sees it. Tests pass in their own clock.

import { sleep } from '../api.js';

/**
 * `now` is in milliseconds since 1970. It goes on while a laptop sleeps, unlike `performance.now`.
 * `wait` rejects with the reason of `signal` once that is aborted.
 * @typedef {{ now(): number, wait(milliseconds: number, signal?: AbortSignal): Promise<void> }} Clock
 */

/** @type {Clock} */
export const systemClock = { now: () => Date.now(), wait: sleep };
