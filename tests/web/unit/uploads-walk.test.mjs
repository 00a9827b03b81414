// The files of dropped folders.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filesOf } from '../../../web/uploads/walk.js';

const fileEntry = (fullPath, broken = false) => ({
  isDirectory: false,
  name: fullPath.split('/').at(-1),
  fullPath,
  file: (found, failed) => (broken ? failed(new Error('gone')) : found({ name: fullPath })),
});

// A folder whose reader gives at most 100 entries at a time, as browsers do.
function folder(fullPath, entries) {
  const createReader = () => {
    let at = 0;
    return { readEntries: (found) => found(entries.slice(at, (at += 100))) };
  };
  return { isDirectory: true, fullPath, createReader };
}

async function walked(dropped) {
  let unreadable = 0;
  const batches = [];
  for await (const batch of filesOf({ folders: [], files: [], ...dropped }, () => (unreadable += 1))) batches.push(batch);
  return { batches, paths: batches.flat().map(({ path }) => path), unreadable };
}

test('folders in folders are walked', async () => {
  const inner = folder('/a/b', [fileEntry('/a/b/2.txt')]);
  const { paths } = await walked({ folders: [folder('/a', [fileEntry('/a/1.txt'), inner, fileEntry('/a/3.txt')])] });
  assert.deepEqual(paths, ['/a/1.txt', '/a/b/2.txt', '/a/3.txt']);
});

test('a large folder is read to its end, and handed on in batches', async () => {
  const entries = Array.from({ length: 1050 }, (_, at) => fileEntry(`/a/${at}.txt`));
  const { paths, batches } = await walked({ folders: [folder('/a', entries)] });
  assert.deepEqual([paths.length, new Set(paths).size], [1050, 1050]);
  assert.ok(batches.every(({ length }) => length <= 200));
});

test('what operating systems leave in folders is left out', async () => {
  const entries = ['.DS_Store', 'Thumbs.db', '._a.txt', 'a.txt', '.profile'].map((name) => fileEntry(`/a/${name}`));
  assert.deepEqual((await walked({ folders: [folder('/a', entries)] })).paths, ['/a/a.txt', '/a/.profile']);
});

test('files that cannot be read are counted, and the others are found', async () => {
  const { paths, unreadable } = await walked({ folders: [folder('/a', [fileEntry('/a/1', true), fileEntry('/a/2')])] });
  assert.deepEqual([paths, unreadable], [['/a/2'], 1]);
});

test('loose files have no path', async () => {
  const { batches } = await walked({ files: [{ name: 'a.txt' }] });
  assert.deepEqual(batches, [[{ file: { name: 'a.txt' }, path: '' }]]);
});
