import { readFile } from './requests.js';

/** @typedef {import('../api-types.js').File} FileRecord */

const INTERVAL_MS = 20_000;
/** How many files are read again at a time: the newest ones, because old ones were probably left half-way. */
const AT_MOST = 8;

/**
 * Reads files again that wait for their upload, such as one from another device, until they are ready or rejected.
 * @param {() => FileRecord[]} records of the list
 * @param {(record: FileRecord) => void} onChanged
 * @returns {() => void} ends this
 */
export function followPending(records, onChanged) {
  const abort = new AbortController();
  const look = async () => {
    if (document.hidden) return;
    const pending = records().filter(({ status }) => status === 'pending').slice(0, AT_MOST);
    for (const { id } of pending) {
      const record = await readFile(id, abort.signal).catch(() => null);
      if (record && record.status !== 'pending' && !abort.signal.aborted) onChanged(record);
    }
  };
  const timer = setInterval(look, INTERVAL_MS);
  document.addEventListener('visibilitychange', look, { signal: abort.signal });
  return () => {
    clearInterval(timer);
    abort.abort();
  };
}
