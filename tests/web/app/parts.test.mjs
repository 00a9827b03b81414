// Large files, which are sent in parts: what interrupts them, and how they go on.

import assert from 'node:assert/strict';
import { appendFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { eventually, signedIn, words } from '../helpers/app.mjs';
import { holdingProxy } from '../helpers/proxy.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { startStack } from '../helpers/stack.mjs';
import { until } from '../helpers/until.mjs';
import { hasStatus, openTray, pick, tray, uploadRow } from '../helpers/uploads.mjs';
import { userOfTier } from '../helpers/users.mjs';

const { uploads } = words;
const MIB = 2 ** 20;
const NETWORK = [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_ABORTED/];

const { stack, browser } = await stackAndBrowser();
const folder = await mkdtemp(join(tmpdir(), 'satchel-'));
after(() => rm(folder, { recursive: true }));

// A file of the disk, which takes no space there.
async function largeFile(name, size) {
  const path = join(folder, name);
  const file = await open(path, 'w');
  await file.truncate(size);
  await file.close();
  return path;
}

// A person whose parts pass a proxy, which holds those after the first `passing` ones.
async function opened(t, { passing, on = stack } = {}) {
  const parts = await holdingProxy(on.s3, passing);
  t.after(parts.stop);
  const user = await userOfTier(on, 'ada', 'premium');
  const ada = await signedIn(browser, on, user, { stay: true, proxy: { server: parts.server, bypass: '<-loopback>' } });
  return { user, ada, parts };
}

const stored = async (user) => (await user.call('GET', '/api/files')).results.map(({ filename, status, size }) => [filename, status, size]);

test('parts that the network interrupts for a minute go on where they were', async (t) => {
  const { user, ada, parts } = await opened(t, { passing: 2 });
  await pick(ada, [await largeFile('film.bin', 120 * MIB)]);
  await openTray(ada);
  await until('two parts', () => parts.sent.length >= 2);
  await ada.page.clock.install();
  await ada.context.setOffline(true);
  parts.release();
  await uploadRow(ada, 'film.bin').getByText(uploads.noConnection).waitFor();
  await ada.page.clock.runFor(60_000);
  assert.equal(await uploadRow(ada, 'film.bin').getAttribute('data-status'), 'sending');
  await ada.context.setOffline(false);
  await eventually(async () => {
    await ada.page.clock.runFor(1000);
    return uploadRow(ada, 'film.bin').getAttribute('data-status');
  }, 'ready');
  assert.deepEqual(await stored(user), [['film.bin', 'ready', 120 * MIB]]);
  assert.equal(new Set(parts.sent).size, parts.sent.length, `parts sent twice: ${parts.sent}`);
  await ada.leave(NETWORK);
});

test('parts whose URLs have expired get new ones', async (t) => {
  const short = await startStack({ PartUrlSeconds: 5 });
  t.after(short.stop);
  const { user, ada, parts } = await opened(t, { passing: 0, on: short });
  await pick(ada, [await largeFile('film.bin', 110 * MIB)]);
  await openTray(ada);
  await until('the first part', () => parts.waiting > 0);
  // As after an hour of sleep: the store refuses the URLs that the page has.
  const [first] = ada.requests(short.s3, 'PUT');
  await until('its URL to expire', async () => (await fetch(first.url(), { method: 'PUT', body: 'x' })).status === 403);
  parts.release();
  await hasStatus(ada, 'film.bin', 'ready');
  assert.deepEqual(await stored(user), [['film.bin', 'ready', 110 * MIB]]);
  await ada.leave([/403/, ...NETWORK]);
});

test('a file that changes during its upload is told, and can be sent as it is now', async (t) => {
  const { user, ada, parts } = await opened(t, { passing: 1 });
  const path = await largeFile('draft.bin', 110 * MIB);
  await pick(ada, [path]);
  await openTray(ada);
  await until('the second part', () => parts.waiting > 0);
  await appendFile(path, 'one more line');
  parts.release();
  await uploadRow(ada, 'draft.bin').getByText(uploads.problems.changed).waitFor();
  const chooser = ada.page.waitForEvent('filechooser');
  await uploadRow(ada, 'draft.bin').getByRole('button', { name: uploads.startAgain }).click();
  await (await chooser).setFiles([path]);
  await hasStatus(ada, 'draft.bin', 'ready');
  assert.deepEqual((await stored(user)).filter(([, status]) => status === 'ready'), [['draft.bin', 'ready', 110 * MIB + 13]]);
  await ada.leave([/ERR_UPLOAD_FILE_CHANGED|ERR_FAILED|ERR_ABORTED|ERR_FILE_NOT_FOUND/]);
});

test('after the tab is killed halfway, at most 60 % of the bytes are sent again', async (t) => {
  const size = 300 * MIB;
  const { user, ada, parts } = await opened(t);
  const path = await largeFile('film.bin', size);
  await pick(ada, [path]);
  const { part_count: count } = (await (await ada.page.waitForResponse((response) =>
    response.url().endsWith('/api/files') && response.request().method() === 'POST')).json()).upload;
  await until('half of the parts', () => parts.sent.length >= count / 2);
  // The page has no chance to do anything.
  const crash = await ada.context.newCDPSession(ada.page);
  await Promise.race([crash.send('Page.crash').catch(() => {}), ada.page.waitForEvent('crash')]);
  await ada.page.close();

  const again = await ada.newTab('#/files');
  const before = parts.begun;
  await openTray(again);
  await tray(again).getByText(uploads.unfinishedText(1)).waitFor();
  const chooser = again.page.waitForEvent('filechooser');
  await tray(again).getByRole('button', { name: uploads.continue(1), exact: true }).click();
  await (await chooser).setFiles([path]);
  await hasStatus(again, 'film.bin', 'ready');
  assert.deepEqual(await stored(user), [['film.bin', 'ready', size]]);
  const repeated = parts.begun - before;
  assert.ok(repeated <= 0.6 * count, `${repeated} of ${count} parts`);
  await again.leave(NETWORK);
});
