// The files of what was dropped, with those of its folders.

/** What operating systems leave in folders. */
const LITTER = /^(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/i;
/** How many files are handed on together. */
const BATCH = 200;

/** @typedef {{ file: File, path: string }} Found */

/**
 * The files of `dropped` in batches. Calls `onUnreadable` for each that cannot be read.
 * @param {{ folders: FileSystemDirectoryEntry[], files: File[] }} dropped
 * @param {() => void} onUnreadable
 * @returns {AsyncGenerator<Found[], void, void>}
 */
export async function* filesOf({ folders, files }, onUnreadable) {
  /** @type {Found[]} */ let batch = files.map((file) => ({ file, path: '' }));
  for (const folder of folders) {
    for await (const entry of walk(folder)) {
      try {
        batch.push({ file: await fileOf(entry), path: entry.fullPath });
      } catch {
        onUnreadable();
      }
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/**
 * @param {FileSystemDirectoryEntry} folder
 * @returns {AsyncGenerator<FileSystemFileEntry, void, void>}
 */
async function* walk(folder) {
  const reader = folder.createReader();
  // A reader gives at most 100 entries at a time, and none at the end.
  for (let entries = await read(reader); entries.length > 0; entries = await read(reader)) {
    for (const entry of entries) {
      if (entry.isDirectory) yield* walk(/** @type {FileSystemDirectoryEntry} */ (entry));
      else if (!LITTER.test(entry.name)) yield /** @type {FileSystemFileEntry} */ (entry);
    }
  }
}

/**
 * @param {FileSystemDirectoryReader} reader
 * @returns {Promise<FileSystemEntry[]>}
 */
const read = (reader) => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
