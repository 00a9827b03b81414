// The requests of file lists.

import { api, path, pathAndQuery } from '../api.js';
import { parametersOf } from './filters.js';

/** @typedef {import('../api-types.js').File} FileRecord */
/** @typedef {{ results: FileRecord[], next: string | null }} Page */

const PAGE_SIZE = 50;
/** How many requests of one action run at a time. */
const AT_A_TIME = 4;

/** @param {string} id */
export const pathOf = (id) => path`/api/files/${id}`;

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<FileRecord>} */
export const readFile = (id, signal) => api.get(pathOf(id), { signal });

/** @param {string} id @param {Partial<FileRecord>} change @returns {Promise<FileRecord>} */
export const changeFile = (id, change) => api.patch(pathOf(id), change);

/**
 * A page of the caller's files.
 * @param {import('./filters.js').Filter} filter
 * @returns {(next: string | null, signal: AbortSignal) => Promise<Page>}
 */
export const ownFiles = (filter) => (next, signal) =>
  api.get(...request(next, '/api/files', parametersOf(filter), signal));

/**
 * A page of the files that all members see.
 * @param {string | null} next
 * @param {AbortSignal} signal
 * @returns {Promise<Page>}
 */
export async function sharedFiles(next, signal) {
  const page = await api.get(...request(next, '/api/all_files', { visibility: 'members' }, signal));
  return { results: page.files, next: page.next };
}

/**
 * @param {string | null} next
 * @param {string} list
 * @param {Record<string, string>} query
 * @param {AbortSignal} signal
 * @returns {[string, import('../api.js').Options]}
 */
function request(next, list, query, signal) {
  if (!next) return [list, { query: { ...query, limit: PAGE_SIZE }, signal }];
  return [pathAndQuery(next), { signal }];
}

/**
 * Runs `work` for each item, a few at a time. Returns what failed, and why.
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Promise<unknown>} work
 * @param {number} [atATime]
 * @returns {Promise<{ item: T, error: any }[]>}
 */
export async function each(items, work, atATime = AT_A_TIME) {
  const waiting = [...items];
  /** @type {{ item: T, error: any }[]} */
  const failures = [];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        failures.push({ item, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
  return failures;
}
