// What can go wrong with an upload, and what the user can do about it.

/** The store refused bytes, or could not be reached (status 0). */
export class StoreError extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`The store answered ${status}.`);
    this.name = 'StoreError';
    this.status = status;
  }
}

/**
 * Why an upload failed, for `words.uploads.problems`. `text` is a sentence of the server, `limit` a size in bytes,
 * `reason` the reason of a rejected record.
 * @typedef {'empty' | 'tooLarge' | 'quota' | 'changed' | 'unreadable' | 'rejected' | 'refused' | 'server'
 *   | 'signedOut' | 'gone'} Code
 * @typedef {{ code: Code, text?: string, limit?: number | null, reason?: string }} Description
 */

/** An upload cannot go on. */
export class Problem extends Error {
  /**
   * @param {Code} code
   * @param {Omit<Description, 'code'>} [details]
   */
  constructor(code, details = {}) {
    super(details.text ?? code);
    this.name = 'Problem';
    /** @type {Description} */
    this.description = { code, ...details };
  }
}

/** The announced record does not exist any more, so that the file has to be announced again. */
export class Gone extends Error {}

/** @param {any} error */
export const isNetworkFailure = (error) => error?.status === 0;

/**
 * Whether the same request can succeed later.
 * @param {any} error
 */
export function isTemporary(error) {
  const status = error?.status;
  if (typeof status !== 'number') return false;
  if (status === 0 || status === 408 || status === 429 || status >= 500) return true;
  // S3 answers 400 to a request that was too slow, and 409 to two that write the same key.
  return error instanceof StoreError && (status === 400 || status === 409);
}

/**
 * Describes `error`, which ended an upload. `limit` is the largest size of a file, if it is known.
 * @param {any} error
 * @param {number | null} [limit]
 * @returns {Description}
 */
export function describe(error, limit = null) {
  if (error instanceof Problem) return error.description;
  if (error instanceof Gone) return { code: 'gone' };
  if (error instanceof StoreError) return { code: 'server' };
  if (error?.code === 'quota_exceeded') return { code: 'quota' };
  if (error?.status === 413) return { code: 'tooLarge', limit, text: error.detail };
  if (error?.status === 401) return { code: 'signedOut' };
  const text = [...Object.values(error?.fields ?? {}).flat(), error?.detail].find(Boolean);
  if (error?.status >= 400 && error.status < 500 && text) return { code: 'refused', text };
  return { code: 'server' };
}

/**
 * Whether the same bytes may succeed when the user tries again.
 * @param {Description} problem
 */
export const canRetry = ({ code }) => ['quota', 'server', 'signedOut', 'gone'].includes(code);

/**
 * Whether the upload can begin anew with what the file is now.
 * @param {Description} problem
 */
export const canStartAgain = ({ code }) => code === 'changed' || code === 'unreadable';

/**
 * Whether what the server rejected as a photo, or as a file of another type, can still be kept as a file of no special
 * type.
 * @param {Description} problem
 * @param {Pick<import('./upload.js').Item, 'kind' | 'type'>} upload
 */
export function canBecomeFile({ code, reason = '' }, { kind, type }) {
  if (code !== 'rejected') return false;
  if (kind === 'image') return !/^(size_mismatch|unreadable)/.test(reason);
  return type !== '' && reason === 'content_type_mismatch';
}

/**
 * Fails if the file is not the one that was announced any more. Some browsers tell the present size and time of a file
 * that was chosen, others refuse to read it once it has changed.
 * @param {Pick<import('./upload.js').Upload, 'size' | 'lastModified'> & { file: File | null }} upload
 */
export async function assertUnchanged({ file, size, lastModified }) {
  if (!file) throw new Problem('unreadable');
  await assertReadable(file);
  if (file.size !== size || file.lastModified !== lastModified) throw new Problem('changed');
}

/** @param {Blob} file */
async function assertReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch (error) {
    const missing = /** @type {any} */ (error)?.name === 'NotFoundError';
    throw new Problem(missing ? 'unreadable' : 'changed');
  }
}
