// What can be done with photos: delete, share, download.

import { api } from '../api.js';
import { session } from '../session.js';
import { toast } from '../ui/toast.js';
import { undoable } from '../undo.js';
import { words } from '../words.js';
import { pathOf } from './record.js';

/**
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {import('./photo-list.js').PhotoList} PhotoList
 */

const DELETIONS_AT_A_TIME = 4;

/**
 * Hides photos, and deletes them after a few seconds unless that is undone.
 * @param {PhotoList} list
 * @param {string[]} ids
 * @param {() => void} [onRestore]
 */
export function deletePhotos(list, ids, onRestore) {
  if (ids.length === 0) return;
  list.hide(ids);
  undoable({
    text: words.photos.deleted(ids.length),
    run: (keepalive) => sendDeletions(list, ids, keepalive),
    restore: () => {
      list.show(ids);
      onRestore?.();
    },
  });
}

/**
 * @param {PhotoList} list
 * @param {string[]} ids
 * @param {boolean} keepalive whether the page is about to go: then nothing can wait for its turn
 */
async function sendDeletions(list, ids, keepalive) {
  const queue = [...ids];
  /** @type {any} */
  let failure = null;
  const work = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        await api.delete(pathOf(id), { keepalive });
        list.forget([id]);
      } catch (error) {
        if (/** @type {any} */ (error)?.status === 404) list.forget([id]);
        else failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: keepalive ? ids.length : DELETIONS_AT_A_TIME }, work));
  if (!keepalive) session.reload().catch(() => null);
  if (failure) throw failure;
}

/**
 * Opens the share dialog for one photo after the other, until the reader has enough.
 * @param {Photo[]} photos
 */
export async function sharePhotos(photos) {
  const { openShare } = await import('../share/share-dialog.js');
  for (const [at, photo] of photos.entries()) {
    let goesOn = false;
    const next = { label: words.photos.shareNext(at + 2, photos.length), run: () => void (goesOn = true) };
    const actions = at + 1 < photos.length ? [next] : [];
    const dialog = await openShare({ kind: 'image', record: photo }, { actions });
    await closed(dialog.element);
    if (!goesOn) return;
  }
}

/** @param {HTMLElement} dialog */
function closed(dialog) {
  return new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
}

/**
 * Saves the original under its file name. The store would only show it.
 * @param {PhotoList} list
 * @param {Photo} photo
 */
export async function downloadPhoto(list, photo) {
  try {
    const original = (await list.freshUrls(photo.id))?.original;
    if (!original) throw new Error(words.photos.downloadFailed);
    // The copy that an <img> left in the cache has no CORS headers.
    const response = await fetch(original, { cache: 'no-store' });
    if (!response.ok) throw new Error(words.photos.downloadFailed);
    save(await response.blob(), photo.filename);
  } catch {
    toast(words.photos.downloadFailed, { action: { label: words.ui.retry, run: () => downloadPhoto(list, photo) } });
  }
}

/**
 * @param {Blob} blob
 * @param {string} filename
 */
function save(blob, filename) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
