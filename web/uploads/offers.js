import { path } from '../api.js';

/** How many records are looked at: more would only delay the offer. */
const MOST = 20;
/** Files that are larger than this are sent in parts. */
const LARGEST_PUT = 100 * 1024 * 1024;

/**
 * @typedef {import('./remembered.js').Entry} Entry
 * @typedef {Pick<import('./requests.js').Tools['api'], 'get'>} Api
 */

/**
 * What of `entries` can be continued, and how much of it the store has. Forgets what is ready.
 * @param {Entry[]} entries
 * @param {Api} api
 * @param {Pick<import('./remembered.js').Remembered, 'forget'>} remembered
 * @returns {Promise<Entry[]>}
 */
export async function offersOf(entries, api, remembered) {
  let looks = 0;
  const looked = entries.map((entry) => {
    const isWorth = entry.record && !entry.cancelled && ++looks <= MOST;
    return isWorth ? look(entry, api) : entry;
  });
  const offers = [];
  for (const [at, offer] of (await Promise.all(looked)).entries()) {
    if (offer) offers.push(offer);
    else remembered.forget(entries[at].key);
  }
  return offers;
}

/**
 * @param {Entry} entry
 * @param {Api} api
 * @returns {Promise<Entry | null>}
 */
async function look(entry, api) {
  try {
    const own = path`/api/${entry.kind === 'image' ? 'images' : 'files'}/${entry.record ?? ''}`;
    const { status } = await api.get(own);
    if (status === 'ready') return null;
    if (status !== 'pending' || entry.size <= LARGEST_PUT) return entry;
    const { parts } = await api.get(`${own}/parts`);
    return { ...entry, stored: parts.reduce((/** @type {number} */ sum, /** @type {any} */ { size }) => sum + size, 0) };
  } catch {
    // A record that is gone is announced again.
    return entry;
  }
}
