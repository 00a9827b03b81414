// Sending a large file in parts, several at a time.

import { Gone, StoreError } from './problems.js';
import { REFUSALS, isFresh, onRecord, put } from './requests.js';
import { eitherSignal } from './retries.js';

/** The URL of a part lives for an hour. */
const FRESH_MS = 45 * 60_000;
/** How many URLs one request asks for. */
const BATCH = 8;
const MOST_AT_A_TIME = 4;
/**
 * What is on its way when a tab is killed has to be sent again. So the parts on their way are at most a ninth of the
 * file (but two), and they do not begin together: while one ends, another is half sent.
 */
const SHARE_AT_A_TIME = 9;

/**
 * @typedef {import('./upload.js').Upload} Upload
 * @typedef {import('./requests.js').Tools} Tools
 */

/** @param {number} count of parts */
const partsAtATime = (count) =>
  Math.min(MOST_AT_A_TIME, Math.max(2, Math.floor(count / SHARE_AT_A_TIME)));

/**
 * Sends the parts that the store does not have.
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
export async function sendParts(upload, tools, signal) {
  const { part_size: size, part_count: count } = /** @type {import('./upload.js').Division} */ (upload.division);
  const etags = (upload.etags ??= await storedParts(upload, tools, signal));
  upload.changed();
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((number) => !etags.has(number));
  const atATime = partsAtATime(count);
  const stop = new AbortController();
  const either = eitherSignal(signal, stop.signal);
  const urls = new PartUrls(upload, tools, either.signal, missing);
  const already = upload.sent;
  /** @type {Promise<void>[]} */ const workers = [];
  /** @type {unknown} */ let failure;

  const work = async () => {
    try {
      for (let number = missing.shift(); number; number = missing.shift()) {
        const etag = await sendPart(upload, number, urls, startMore, tools, either.signal);
        etags.set(number, etag);
        upload.progress(number, null);
      }
    } catch (error) {
      failure ??= error;
      stop.abort(error);
    }
  };
  // Begins another worker when the ones before are well on their way.
  const startMore = () => {
    const sent = upload.sent - already;
    if (workers.length < atATime && missing.length && sent >= (workers.length * size) / atATime) workers.push(work());
  };

  workers.push(work());
  // More are added meanwhile. The first ends only when no part is left to begin.
  for (let at = 0; at < workers.length; at++) await workers[at];
  either.release();
  signal.throwIfAborted();
  if (failure) throw failure;
}

/**
 * @param {Upload} upload
 * @param {number} number
 * @param {PartUrls} urls
 * @param {() => void} onProgress
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
async function sendPart(upload, number, urls, onProgress, tools, signal) {
  const { start, end } = upload.partRange(number);
  const blob = /** @type {File} */ (upload.file).slice(start, end);
  const send = /** @type {Tools['send']} */ ((url, headers, body, options) =>
    tools.send(url, headers, body, {
      ...options,
      onProgress(bytes) {
        options.onProgress(bytes);
        onProgress();
      },
    }));
  for (let refusals = 0; ; ) {
    const target = { url: await urls.get(number), headers: {} };
    try {
      return await put(upload, number, target, blob, { ...tools, send }, signal);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // The store has ended this upload in parts.
      if (error.status === 404) {
        void tools.records.discard(upload);
        throw new Gone();
      }
      if (error.status !== 403 || ++refusals > REFUSALS) throw error;
      urls.forget();
    }
  }
}

/**
 * The parts that the store has, with their ETags.
 * @param {Upload} upload
 * @param {Pick<Tools, 'api' | 'retries'>} tools
 * @param {AbortSignal} signal
 * @returns {Promise<Map<number, string>>}
 */
async function storedParts(upload, tools, signal) {
  const get = () => tools.api.get(`${upload.recordPath}/parts`, { signal });
  const answer = await onRecord(upload, tools, signal, get);
  /** @type {{ number: number, size: number, etag: string }[]} */ const parts = answer.parts;
  const whole = parts.filter(({ number, size }) => size === upload.partRange(number).length);
  return new Map(whole.map(({ number, etag }) => [number, etag]));
}

/** Signed URLs of the parts that are about to be sent. */
class PartUrls {
  #upload;
  #tools;
  #signal;
  #missing;
  /** @type {Map<number, { url: string, at: number }>} */ #signed = new Map();
  /** @type {Promise<void> | null} */ #signing = null;

  /**
   * @param {Upload} upload
   * @param {Tools} tools
   * @param {AbortSignal} signal
   * @param {number[]} missing the parts that nobody has begun
   */
  constructor(upload, tools, signal, missing) {
    this.#upload = upload;
    this.#tools = tools;
    this.#signal = signal;
    this.#missing = missing;
  }

  /** Makes `get` ask for new URLs, because the store refuses the old ones. */
  forget() {
    this.#signed.clear();
  }

  /** @param {number} number */
  async get(number) {
    for (;;) {
      const known = this.#signed.get(number);
      if (known && isFresh(known.at, this.#tools.clock.now(), FRESH_MS)) return known.url;
      if (this.#signing) await this.#signing.catch(() => {});
      else await (this.#signing = this.#sign(number).finally(() => (this.#signing = null)));
      this.#signal.throwIfAborted();
    }
  }

  /** @param {number} first */
  async #sign(first) {
    const { api, clock } = this.#tools;
    const numbers = [first, ...this.#missing.slice(0, BATCH - 1)];
    const post = () => api.post(`${this.#upload.recordPath}/parts`, { numbers }, { signal: this.#signal });
    const answer = await onRecord(this.#upload, this.#tools, this.#signal, post);
    for (const { number, url } of answer.parts) this.#signed.set(number, { url, at: clock.now() });
  }
}
