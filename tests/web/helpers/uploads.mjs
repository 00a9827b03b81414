// Files that a person uploads, and the tray that shows them.

import { eventually, words } from './app.mjs';
import { until } from './until.mjs';

const { uploads } = words;

// A file for `drop`, `paste` and `pick`.
export function file(name, content, type = 'text/plain') {
  return { name, bytes: Buffer.from(content), type };
}

// Drops files on the window.
export async function drop(who, files) {
  const transfer = await who.page.evaluateHandle(transferOf, sent(files));
  const send = (type) => who.page.dispatchEvent('body', type, { dataTransfer: transfer });
  await until('the page to take files', async () => {
    await send('dragenter');
    await send('dragover');
    return (await who.page.locator('.upload-target').count()) > 0;
  });
  await send('drop');
}

// Drops files and folders of the disk on the window, once the page shows where to drop them, or, with `early`, before.
export async function dropPaths(who, paths, { early = false } = {}) {
  const session = await who.context.newCDPSession(who.page);
  const { width, height } = who.page.viewportSize();
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const send = (type) => session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data });
  // The browser drops only where the page has said that it takes files, and the page does so a moment after its start.
  await until('the page to take files', async () => {
    await send('dragEnter');
    await send('dragOver');
    return early || (await who.page.locator('.upload-target').count()) > 0;
  });
  await send('drop');
  await session.detach();
}

// Pastes files.
export async function paste(who, files) {
  const transfer = await who.page.evaluateHandle(transferOf, sent(files));
  await transfer.evaluate((clipboardData) =>
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })));
}

// Chooses files with the button "Upload". Files of the disk are given by their paths.
export async function pick(who, files, button = who.page.locator('header').getByRole('button', { name: words.shell.upload, exact: true })) {
  const chooser = who.page.waitForEvent('filechooser');
  await button.click();
  const entry = who.page.getByRole('menuitem', { name: uploads.chooseFiles, exact: true });
  const isMenu = await Promise.race([chooser.then(() => false), entry.waitFor().then(() => true)]);
  if (isMenu) await entry.click();
  const isPath = typeof files[0] === 'string';
  await (await chooser).setFiles(isPath ? files : files.map(({ name, bytes, type }) => ({ name, mimeType: type, buffer: bytes })));
}

function sent(files) {
  return files.map(({ name, bytes, type, lastModified = 1_700_000_000_000 }) => ({ name, type, lastModified, text: bytes.toString('base64') }));
}

// Runs in the page.
function transferOf(files) {
  const transfer = new DataTransfer();
  for (const { name, type, lastModified, text } of files) {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type, lastModified }));
  }
  return transfer;
}

export const tray = (who) => who.page.getByRole('region', { name: uploads.title });

// Opens the tray, which is closed in narrow windows.
export async function openTray(who) {
  const toggle = tray(who).locator('.upload-tray-toggle');
  await toggle.waitFor();
  if (await toggle.getAttribute('aria-expanded') === 'false') await toggle.click();
}

// The row of the file `name` in the tray.
export const uploadRow = (who, name) =>
  tray(who).getByRole('listitem').filter({ has: who.page.getByTitle(name, { exact: true }) });

// Waits until the tray says that `count` files are uploaded and nothing else goes on.
export async function uploaded(who, count) {
  await tray(who).getByText(uploads.finished(count), { exact: true }).first().waitFor({ timeout: 120_000 });
}

// Waits until the upload of `name` has a status such as `failed`.
export async function hasStatus(who, name, status) {
  await eventually(() => uploadRow(who, name).getAttribute('data-status'), status);
}
