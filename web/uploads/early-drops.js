// Files that are dropped before drop.js is loaded. Without this, the browser would show the file instead of the app.

/** @typedef {{ folders: FileSystemDirectoryEntry[], files: File[] }} Dropped */

/** @type {Dropped[]} */
let held = [];
let isWanted = () => false;

/**
 * Holds what is dropped until `takeDrops` is called.
 * @param {() => boolean} wanted whether somebody is, or may be, signed in
 */
export function holdDrops(wanted) {
  isWanted = wanted;
  addEventListener('dragover', onDragOver);
  addEventListener('drop', onDrop);
}

/** Ends the holding, and returns what was dropped meanwhile. */
export function takeDrops() {
  removeEventListener('dragover', onDragOver);
  removeEventListener('drop', onDrop);
  const taken = held;
  held = [];
  return taken;
}

/** Forgets what was dropped, because nobody is signed in. */
export function forgetDrops() {
  held = [];
}

/** @param {DragEvent} event */
export function carriesFiles({ dataTransfer }) {
  return dataTransfer?.types.includes('Files') ?? false;
}

/**
 * What a drop holds. It can only be read during the event.
 * @param {DataTransfer} transfer
 */
export function droppedOf(transfer) {
  /** @type {Dropped} */ const dropped = { folders: [], files: [] };
  for (const item of transfer.items) {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    const file = item.getAsFile();
    if (entry?.isDirectory) dropped.folders.push(/** @type {FileSystemDirectoryEntry} */ (entry));
    else if (file) dropped.files.push(file);
  }
  return dropped;
}

/** @param {DragEvent} event */
function onDragOver(event) {
  if (event.defaultPrevented || !event.dataTransfer || !carriesFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = isWanted() ? 'copy' : 'none';
}

/** @param {DragEvent} event */
function onDrop(event) {
  if (event.defaultPrevented || !event.dataTransfer || !carriesFiles(event)) return;
  event.preventDefault();
  if (isWanted()) held.push(droppedOf(event.dataTransfer));
}
