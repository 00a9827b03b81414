// Deletes files with an undo. A file is gone from every list at once, and back in each of them after the undo.

import { api } from '../api.js';
import { session } from '../session.js';
import { undoable } from '../undo.js';
import { words } from '../words.js';
import { each, pathOf } from './requests.js';

/** @typedef {import('../api-types.js').File} FileRecord */
/** @typedef {import('./feed.js').Feed<FileRecord>} FileFeed */
/** @typedef {(record: FileRecord) => boolean} Accepts */

/** The lists that are open, and which files each of them has. @type {Map<FileFeed, Accepts>} */
const lists = new Map();
/** Files whose deletion can still be undone. @type {Set<string>} */
const waiting = new Set();

/**
 * Makes deletions change `feed`. Returns a function that ends this.
 * @param {FileFeed} feed
 * @param {Accepts} accepts
 */
export function followDeletions(feed, accepts) {
  lists.set(feed, accepts);
  feed.remove([...waiting]);
  return () => lists.delete(feed);
}

/** @param {FileRecord[]} records */
export function deleteFiles(records) {
  if (records.length === 0) return;
  const left = new Map(records.map((record) => [record.id, record]));
  hide([...left.keys()]);

  /** @param {boolean} keepalive */
  async function run(keepalive) {
    const remove = async (/** @type {FileRecord} */ { id }) => {
      await api.delete(pathOf(id), { keepalive }).catch((error) => {
        if (error.status !== 404) throw error;
      });
      left.delete(id);
      waiting.delete(id);
    };
    const failures = await each(records, remove, keepalive ? records.length : undefined);
    if (!keepalive) session.reload().catch(() => {});
    if (failures.length > 0) throw new Error(words.files.notDeleted(failures.length, failures[0].error.message));
  }

  undoable({ text: words.files.deleted(records.length, records[0].title), run, restore: () => show([...left.values()]) });
}

/** @param {string[]} ids */
function hide(ids) {
  for (const id of ids) waiting.add(id);
  for (const feed of lists.keys()) feed.remove(ids);
}

/** @param {FileRecord[]} records */
function show(records) {
  for (const { id } of records) waiting.delete(id);
  for (const [feed, accepts] of lists) feed.restore(records.filter(accepts));
}
