// The way of one file to the server: announce it, send its bytes, and wait for the verdict.

import { sendParts } from './parts.js';
import { Gone, Problem, StoreError, assertUnchanged } from './problems.js';
import { REFUSALS, again, isFresh, onRecord, put } from './requests.js';

/** The URL of a PUT lives for 15 minutes. One that is older than this is signed again before it is used. */
const FRESH_MS = 10 * 60_000;
/** How often the file is sent again because the server misses bytes. */
const ATTEMPTS = 3;
/** How often a record may vanish. */
const BEGINNINGS = 3;
const FIRST_LOOK_MS = 600;
const LONGEST_LOOK_MS = 15_000;

/**
 * @typedef {import('./upload.js').Upload} Upload
 * @typedef {import('./requests.js').Tools} Tools
 */

/**
 * Brings `upload` to the server. Continues where an earlier call was aborted.
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
export async function transfer(upload, tools, signal) {
  for (let beginnings = 1; ; beginnings++) {
    try {
      await tools.files.run(() => deliver(upload, tools, signal), signal);
      return await settle(upload, tools, signal);
    } catch (error) {
      if (!(error instanceof Gone) || beginnings === BEGINNINGS) throw error;
      tools.records.forget(upload);
      upload.forgetRecord(tools.newKey());
    }
  }
}

/**
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
async function deliver(upload, tools, signal) {
  enter(upload, 'sending', signal);
  if (!upload.arrived) await assertUnchanged(upload);
  if (!upload.record) await announce(upload, tools, signal);
  for (let attempts = 1; upload.record.status === 'pending'; attempts++) {
    try {
      if (!upload.arrived) await sendBytes(upload, tools, signal);
      // An image is settled by the store's event alone.
      if (upload.kind === 'image') return;
      return await complete(upload, tools, signal);
    } catch (error) {
      const status = error instanceof StoreError ? null : /** @type {any} */ (error).status;
      if ((status !== 400 && status !== 409) || attempts === ATTEMPTS) throw error;
      // Bytes are missing, or the record was settled meanwhile.
      enter(upload, 'sending', signal);
      upload.set({ arrived: false, etags: null, target: null });
      if (status === 409) await look(upload, tools, signal);
    }
  }
}

/**
 * Announces the file. The same key returns the same record with new URLs.
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
async function announce(upload, tools, signal) {
  const body = {
    filename: upload.name,
    content_type: upload.type || 'application/octet-stream',
    size: upload.size,
    ...(upload.visibility && upload.kind === 'file' && { visibility: upload.visibility }),
  };
  // Not aborted together with the transfer: the id is needed to delete the record.
  const post = () => tools.api.post(upload.collection, body, { idempotencyKey: upload.key });
  const answer = await again(upload, tools, signal, post).catch((error) => {
    // The record of this key was deleted, or another file used the key.
    if (error.status !== 404 && error.status !== 422) throw error;
    tools.records.forget(upload);
    upload.set({ key: tools.newKey() });
    return again(upload, tools, signal, post);
  });
  upload.announced(answer, tools.clock.now());
  if (!upload.cancelled) tools.records.remember(upload);
  signal.throwIfAborted();
  assertExists(upload);
}

/**
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
async function sendBytes(upload, tools, signal) {
  await (upload.division ? sendParts : sendWhole)(upload, tools, signal);
  // Otherwise the store could have the beginning of one version and the end of another.
  await assertUnchanged(upload);
  upload.set({ arrived: true });
}

/**
 * Sends the file with one PUT.
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
async function sendWhole(upload, tools, signal) {
  for (let refusals = 0; ; ) {
    if (!upload.target || !isFresh(upload.signedAt, tools.clock.now(), FRESH_MS)) await announce(upload, tools, signal);
    if (!upload.target) return;
    try {
      await put(upload, 0, upload.target, /** @type {File} */ (upload.file), tools, signal);
      return;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // The bytes are there already: the answer to an earlier PUT was lost.
      if (error.status === 412) return;
      if (error.status !== 403 || ++refusals > REFUSALS) throw error;
      upload.set({ target: null });
    }
  }
}

/**
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
async function complete(upload, tools, signal) {
  const etags = [...(upload.etags ?? [])].sort(([a], [b]) => a - b);
  const body = upload.division ? { parts: etags.map(([number, etag]) => ({ number, etag })) } : {};
  enter(upload, 'checking', signal);
  const post = () => tools.api.post(`${upload.recordPath}/complete`, body, { signal });
  upload.set({ record: await onRecord(upload, tools, signal, post) });
}

/**
 * Waits until the record is ready. Fails if it is rejected.
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
async function settle(upload, tools, signal) {
  enter(upload, 'checking', signal);
  for (let wait = FIRST_LOOK_MS; upload.record.status === 'pending'; wait = Math.min(wait * 1.5, LONGEST_LOOK_MS)) {
    await tools.clock.wait(wait, signal);
    await tools.looks.run(() => look(upload, tools, signal), signal);
  }
  assertExists(upload);
  const { status, reason } = upload.record;
  if (status === 'rejected') throw new Problem('rejected', { reason });
}

/**
 * @param {Upload} upload
 * @param {Tools} tools
 * @param {AbortSignal} signal
 */
async function look(upload, tools, signal) {
  const get = () => tools.api.get(/** @type {string} */ (upload.recordPath), { signal });
  upload.set({ record: await onRecord(upload, tools, signal, get) });
}

/**
 * @param {Upload} upload
 * @param {import('./upload.js').Status} status
 * @param {AbortSignal} signal
 */
function enter(upload, status, signal) {
  // A request can succeed at the moment at which the user pauses.
  signal.throwIfAborted();
  upload.set({ status });
}

/** @param {Upload} upload */
function assertExists({ record }) {
  if (record.status === 'rejected' && record.reason === 'expired') throw new Gone();
}
