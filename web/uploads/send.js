// Sending bytes to the store. `fetch` reports no upload progress.

import { StoreError } from './problems.js';

/** How long a request may stand still, and how long the store may think about what has arrived. */
const STALLED_MS = 60_000;
const ANSWER_MS = 180_000;

/**
 * PUTs `blob`. Rejects with a `StoreError` of status 0 if the store cannot be reached or the connection stands still.
 * @callback Send
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {Blob} blob
 * @param {{ signal?: AbortSignal, onProgress: (sent: number) => void }} options
 * @returns {Promise<{ status: number, etag: string }>}
 */

/** @type {Send} */
export function send(url, headers, blob, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let watchdog;
    const watch = (/** @type {number} */ patience) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => fail(new StoreError(0)), patience);
    };
    const end = () => {
      clearTimeout(watchdog);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (/** @type {unknown} */ reason) => {
      end();
      reject(reason);
      request.abort();
    };
    const onAbort = () => fail(signal?.reason);

    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      watch(STALLED_MS);
      onProgress(loaded);
    };
    request.upload.onload = () => watch(ANSWER_MS);
    request.onload = () => {
      end();
      resolve({ status: request.status, etag: request.getResponseHeader('ETag') ?? '' });
    };
    request.onerror = () => fail(new StoreError(0));
    signal?.addEventListener('abort', onAbort);
    watch(STALLED_MS);
    request.send(blob);
  });
}
