// The requests of a transfer, repeated while that makes sense.

import { Gone, StoreError, assertUnchanged } from './problems.js';

/** How often new URLs are fetched in a row because the store refuses the old ones. */
export const REFUSALS = 3;

/** @typedef {import('./upload.js').Upload} Upload */

/**
 * What a transfer works with.
 * @typedef {object} Tools
 * @property {typeof import('../api.js').api} api
 * @property {import('./send.js').Send} send
 * @property {import('./clock.js').Clock} clock
 * @property {import('./retries.js').Retries} retries
 * @property {import('./records.js').Records} records
 * @property {import('./slots.js').Slots} files files on their way
 * @property {import('./slots.js').Slots} transfers requests to the store
 * @property {import('./slots.js').Slots} looks requests for the state of a record
 * @property {() => string} newKey
 */

/**
 * Repeats `work` while that makes sense, and shows in `upload` what it waits for.
 * @template T
 * @param {Upload} upload
 * @param {Pick<Tools, 'retries'>} tools
 * @param {AbortSignal} signal
 * @param {() => Promise<T>} work
 */
export function again(upload, { retries }, signal, work) {
  return retries.run(work, { signal, onWait: (waitingFor) => upload.set({ waitingFor }) });
}

/**
 * Like `again`, for requests of the upload's record: throws `Gone` if that does not exist.
 * @template T
 * @param {Upload} upload
 * @param {Pick<Tools, 'retries'>} tools
 * @param {AbortSignal} signal
 * @param {() => Promise<T>} work
 */
export function onRecord(upload, tools, signal, work) {
  return again(upload, tools, signal, work).catch((error) => {
    throw error.status === 404 ? new Gone() : error;
  });
}

/**
 * Sends `blob` to a signed URL and returns the ETag.
 * @param {Upload} upload
 * @param {number} number of the part, 0 for the whole file
 * @param {import('./upload.js').Target} target
 * @param {Blob} blob
 * @param {Pick<Tools, 'retries' | 'send' | 'transfers'>} tools
 * @param {AbortSignal} signal
 */
export async function put(upload, number, { url, headers }, blob, tools, signal) {
  const onProgress = (/** @type {number} */ bytes) => upload.progress(number, bytes);
  const request = async () => {
    try {
      const { status, etag } = await tools.send(url, headers, blob, { signal, onProgress });
      if (status >= 200 && status < 300) return etag;
      throw new StoreError(status);
    } catch (error) {
      upload.progress(number, null);
      // A file that changed on the disk looks like a network failure, or has another size than was signed.
      if ([0, 400, 403].includes(/** @type {any} */ (error)?.status)) await assertUnchanged(upload);
      throw error;
    }
  };
  try {
    return await again(upload, tools, signal, () => tools.transfers.run(request, signal));
  } finally {
    upload.progress(number, null);
  }
}

/**
 * Whether something that was signed at `then` can still be used. A clock that went back makes it stale.
 * @param {number} then
 * @param {number} now
 * @param {number} lifetime
 */
export const isFresh = (then, now, lifetime) => now >= then && now - then < lifetime;
