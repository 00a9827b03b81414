// How files come in: dropped on the window, pasted, or chosen.

import { h, icon, useStyles } from '../dom.js';
import { words } from '../words.js';
import { session } from '../session.js';
import { openMenu } from '../ui/menu.js';
import { carriesFiles, droppedOf, takeDrops } from './early-drops.js';
import { REMEMBERED, uploads } from './uploads.js';

/** Without a new event for this long, the pointer has left the window. Browsers do not always say so. */
const GONE_MS = 700;
/** When the rest is loaded if nobody uploads anything before, long after the place is there. */
const WARM_UP_MS = 20_000;
/** The names that browsers give to a picture from the clipboard. */
const PASTED = /^image\.(\w+)$/;

/**
 * `place` decides what becomes of pictures: the current place unless it says otherwise.
 * @typedef {{ accept?: string, capture?: 'environment' | 'user', folder?: boolean, place?: string }} PickOptions
 */

/**
 * Lets the user choose files and uploads them.
 * @param {PickOptions} [options]
 */
export async function pickFiles({ place = currentPlace(), ...options } = {}) {
  void warmUp();
  await take(await chooseFiles(options), place);
}

/**
 * Lets the user choose files. Resolves to none if the user cancels.
 * @param {Omit<PickOptions, 'place'> & { multiple?: boolean }} [options]
 * @returns {Promise<File[]>}
 */
export function chooseFiles({ accept, capture, folder = false, multiple = true } = {}) {
  return new Promise((resolve) => {
    const input = h('input', { type: 'file', accept, capture, multiple, webkitdirectory: folder, hidden: true });
    const end = () => {
      input.remove();
      resolve([...(input.files ?? [])]);
    };
    input.addEventListener('change', end);
    input.addEventListener('cancel', end);
    document.body.append(input);
    input.click();
  });
}

/**
 * The ways to choose files, as a menu at `anchor`.
 * @param {HTMLElement} anchor
 */
export function openUploadMenu(anchor) {
  void warmUp();
  const hasCamera = matchMedia('(pointer: coarse)').matches;
  openMenu(anchor, [
    { label: words.uploads.chooseFiles, icon: 'file', run: () => pickFiles() },
    hasCamera
      ? { label: words.uploads.takePhoto, icon: 'camera', run: () => pickFiles({ accept: 'image/*', capture: 'environment' }) }
      : { label: words.uploads.chooseFolder, icon: 'files', run: () => pickFiles({ folder: true }) },
  ]);
}

let started = false;

/** Begins to take what is dropped and pasted, to show the tray, and to offer what an earlier visit left. */
export function startUploads() {
  if (started) return;
  started = true;
  addEventListener('dragstart', () => (dragsOwn = true));
  addEventListener('dragend', () => (dragsOwn = false));
  addEventListener('dragenter', onDrag);
  addEventListener('dragover', onDrag);
  addEventListener('dragleave', onLeave);
  addEventListener('drop', onDrop);
  addEventListener('paste', onPaste);
  for (const dropped of takeDrops()) void receive(dropped, currentPlace());
  uploads.state.subscribe(showTray);
  // Later, the connection or this version of the app may be gone.
  setTimeout(warmUp, remembersAny() ? 0 : WARM_UP_MS);
}

/** Whether something of the page itself is being dragged, such as a picture. */
let dragsOwn = false;
/** What shows where to drop. @type {HTMLElement | null} */
let target = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let gone;

/** @param {DragEvent} event */
function onDrag(event) {
  if (dragsOwn || event.defaultPrevented || !event.dataTransfer || !carriesFiles(event)) return;
  // Without this, the browser would show the file instead of the app.
  event.preventDefault();
  event.dataTransfer.dropEffect = isReceiving() ? 'copy' : 'none';
  if (!isReceiving()) return;
  clearTimeout(gone);
  gone = setTimeout(hideTarget, GONE_MS);
  void showTarget();
}

/** @param {DragEvent} event */
function onLeave({ relatedTarget, clientX, clientY }) {
  const isInside = clientX > 0 && clientY > 0 && clientX < innerWidth && clientY < innerHeight;
  if (!relatedTarget && !isInside) hideTarget();
}

/** @param {DragEvent} event */
function onDrop(event) {
  hideTarget();
  if (dragsOwn || event.defaultPrevented || !event.dataTransfer || !carriesFiles(event)) return;
  event.preventDefault();
  if (isReceiving()) void receive(droppedOf(event.dataTransfer), currentPlace());
}

/**
 * Uploads what was dropped.
 * @param {import('./early-drops.js').Dropped} dropped
 * @param {string} place
 */
async function receive(dropped, place) {
  const { filesOf } = await import('./walk.js');
  let [found, unreadable] = [0, 0];
  for await (const batch of filesOf(dropped, () => (unreadable += 1))) {
    found += batch.length;
    await take(batch, place);
  }
  if (unreadable > 0) await say(words.uploads.unreadable(unreadable));
  else if (found === 0) await say(words.uploads.emptyFolder);
}

/** @param {ClipboardEvent} event */
function onPaste(event) {
  const files = [...(event.clipboardData?.files ?? [])];
  const isText = event.target instanceof Element && event.target.closest('input, textarea, [contenteditable]');
  if (event.defaultPrevented || files.length === 0 || isText || !isReceiving()) return;
  event.preventDefault();
  void take(files.map(withName), currentPlace());
}

/** A picture from the clipboard has no name of its own. @param {File} file */
function withName(file) {
  const extension = PASTED.exec(file.name)?.[1];
  if (!extension) return file;
  const now = new Date();
  const time = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  const name = words.uploads.pasted(time.replace('T', ' ').replaceAll(':', '.'));
  return new File([file], `${name}.${extension}`, { type: file.type, lastModified: now.getTime() });
}

/** A dialog may take files itself, and hides what the tray would show. */
function isReceiving() {
  return session.user.value !== null && !document.querySelector('dialog:modal');
}

function currentPlace() {
  return location.hash.split(/[/?]/)[1] ?? '';
}

/**
 * @param {Iterable<import('./uploads.js').Chosen>} files
 * @param {string} place
 */
async function take(files, place) {
  try {
    const { skipped } = await uploads.add(files, { place });
    if (skipped > 0) await say(words.uploads.skipped(skipped));
  } catch {
    await say(words.app.notLoaded);
  }
}

/** Loads what the first file needs. */
function warmUp() {
  const modules = [import('./upload-tray.js'), import('./walk.js'), import('../ui/toast.js')];
  return Promise.all([uploads.queue(), ...modules]).catch(() => null);
}

/** @param {string} text */
async function say(text) {
  const { toast } = await import('../ui/toast.js');
  toast(text);
}

async function showTray() {
  if (uploads.state.value.items.length === 0 || document.querySelector('upload-tray')) return;
  await import('./upload-tray.js');
  if (!document.querySelector('upload-tray')) document.body.append(h('upload-tray'));
}

async function showTarget() {
  if (target) return;
  const text = currentPlace() === 'files' ? words.uploads.dropFiles : words.uploads.dropAnywhere;
  const shown = h('div', { class: 'upload-target', 'aria-hidden': 'true' },
    h('div', { class: 'upload-target-card' },
      icon('upload'),
      h('p', { class: 'upload-target-title', text: words.uploads.drop }),
      h('p', { text })));
  target = shown;
  void warmUp();
  await useStyles(new URL('./uploads.css', import.meta.url));
  if (target === shown) document.body.append(shown);
}

function hideTarget() {
  clearTimeout(gone);
  target?.remove();
  target = null;
}

function remembersAny() {
  try {
    return Object.keys(localStorage).some((name) => name.startsWith(`${REMEMBERED}${session.user.value?.id}.`));
  } catch {
    return false;
  }
}
