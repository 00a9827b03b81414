// Files in lists: their types, names and filters, and which of them are in the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { furtherTypes, addressOf, filterFrom, matches, parametersOf } from '../../../web/files/filters.js';
import { kindOf, previewOf, tilePicture } from '../../../web/files/file-types.js';
import { cutForDisplay, extensionAt, nameChange, nameProblem } from '../../../web/files/names.js';
import { sliceInView, targetOf } from '../../../web/files/window.js';

/** @param {Partial<import('../../../web/files/file-types.js').Described>} [given] */
const file = (given) => ({ content_type: 'image/png', filename: 'a.png', size: 5, status: 'ready', file: 'https://s/a', ...given });

test('the type of a file decides its kind, and its name if the type says nothing', () => {
  const kinds = /** @type {[string, string, string][]} */ ([
    ['application/pdf', 'a', 'pdf'], ['IMAGE/PNG', 'a', 'image'], ['text/plain; charset=utf-8', 'a', 'text'],
    ['text/x-python', 'a', 'code'], ['application/ld+json', 'a', 'code'], ['application/zip', 'a', 'archive'],
    ['application/x-7z-compressed', 'a', 'archive'], ['application/octet-stream', 'a.MD', 'text'],
    ['application/octet-stream', 'a.tar.gz', 'archive'], ['application/octet-stream', 'gz', 'other'],
    ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'a', 'sheet'],
  ]);
  for (const [content_type, filename, kind] of kinds) assert.equal(kindOf({ content_type, filename }), kind, content_type);
});

test('only ready files of types that browsers show safely have a preview', () => {
  assert.equal(previewOf(file()), 'image');
  assert.equal(previewOf(file({ status: 'pending', file: null })), null);
  assert.equal(previewOf(file({ content_type: 'application/pdf' })), 'pdf');
  assert.equal(previewOf(file({ content_type: 'application/pdf' }), { pdf: false }), null);
  assert.equal(previewOf(file({ content_type: 'image/svg+xml' })), 'text');
  assert.equal(previewOf(file({ content_type: 'text/html' })), 'text');
  assert.equal(previewOf(file({ content_type: 'image/heic' })), null);
  assert.equal(previewOf(file({ content_type: 'application/octet-stream', filename: 'a.zip' })), null);
});

test('a tile shows a thumbnail, or a small image itself', () => {
  assert.equal(tilePicture(file()), 'https://s/a');
  assert.equal(tilePicture(file({ size: 50_000_000 })), null);
  assert.equal(tilePicture({ ...file({ content_type: 'application/pdf' }), thumbnails: { 200: 'https://s/t' } }), 'https://s/t');
});

test('a name is cut so that its extension stays', () => {
  assert.deepEqual(cutForDisplay('notes.txt'), ['notes', '.txt']);
  assert.deepEqual(cutForDisplay('a long report of 2026.pdf'), ['a long report of', ' 2026.pdf']);
  assert.deepEqual(cutForDisplay('backup of everything.tar.gz'), ['backup of every', 'thing.tar.gz']);
  assert.deepEqual(cutForDisplay('no extension at all'), ['no extension at all', '']);
  const family = '👨‍👩‍👧';
  assert.deepEqual(cutForDisplay(`${family.repeat(15)}.png`), [family.repeat(10), `${family.repeat(5)}.png`]);
});

test('an extension is short, without spaces, and not the whole name', () => {
  const stems = { '.bashrc': '.bashrc', 'a.txt': 'a', 'Mr. Smith': 'Mr. Smith', 'v1.2 final': 'v1.2 final', 'a.': 'a.', 'a.tar.xz': 'a' };
  for (const [name, stem] of Object.entries(stems)) assert.equal(name.slice(0, extensionAt(name)), stem);
});

test('a name that the server would refuse or change is refused', () => {
  assert.equal(nameProblem('  '), 'blank');
  assert.equal(nameProblem('..'), 'blank');
  assert.equal(nameProblem('a/b.txt'), 'path');
  assert.equal(nameProblem(`${'é'.repeat(126)}.txt`), 'long');
  assert.equal(nameProblem(`${'é'.repeat(125)}.txt`), null);
  assert.equal(nameProblem('"<img onerror>".png'), null);
});

test('a change of name sends what differs, and the file name is the title of a file without one', () => {
  const plain = { title: 'a.txt', filename: 'a.txt' };
  assert.deepEqual(nameChange(plain, { title: '', filename: 'b.txt' }), { title: 'b.txt', filename: 'b.txt' });
  assert.deepEqual(nameChange(plain, { title: 'Minutes', filename: 'a.txt' }), { title: 'Minutes' });
  assert.deepEqual(nameChange(plain, { title: ' ', filename: ' a.txt ' }), {});
  const titled = { title: 'Minutes', filename: 'a.txt' };
  assert.deepEqual(nameChange(titled, { title: 'Minutes', filename: 'b.txt' }), { filename: 'b.txt' });
  assert.deepEqual(nameChange(titled, { title: ' ', filename: 'a.txt' }), { title: 'a.txt' });
});

test('the address of the list keeps the filter', () => {
  const filter = { type: 'application/pdf', status: 'ready' };
  assert.equal(addressOf('#/files', filter), '#/files?type=application%2Fpdf&status=ready');
  assert.equal(addressOf('#/files', { type: '', status: '' }), '#/files');
  assert.deepEqual(filterFrom(filter), filter);
  assert.deepEqual(filterFrom({ type: 'nonsense', status: 'gone' }), { type: '', status: '' });
  assert.deepEqual(filterFrom(undefined), { type: '', status: '' });
  assert.deepEqual(parametersOf(filter), { content_type: 'application/pdf', status: 'ready' });
  assert.deepEqual(parametersOf({ type: '', status: '' }), {});
});

test('a new file is in a filtered list only if it matches', () => {
  const text = { content_type: 'Text/Plain; charset=utf-8', status: 'ready' };
  assert.equal(matches({ type: 'text/plain', status: '' }, text), true);
  assert.equal(matches({ type: 'text/plain', status: 'pending' }, text), false);
  assert.equal(matches({ type: 'image/png', status: '' }, text), false);
  assert.deepEqual(furtherTypes([text, { content_type: 'a/b' }, { content_type: 'image/png' }], ['image/png']), ['a/b', 'text/plain']);
});

test('only the rows near the window are in the page', () => {
  const measures = { count: 1000, columns: 1, rowHeight: 50, top: 5000, height: 500, overscan: 5 };
  assert.deepEqual(sliceInView(measures), { first: 95, last: 115, before: 4750, after: 44_250 });
  assert.deepEqual(sliceInView({ ...measures, top: -300 }), { first: 0, last: 9, before: 0, after: 49_550 });
  assert.deepEqual(sliceInView({ ...measures, top: 1e6 }), { first: 1000, last: 1000, before: 50_000, after: 0 });
  assert.deepEqual(sliceInView({ ...measures, count: 10, columns: 4, top: 0 }), { first: 0, last: 10, before: 0, after: 0 });
  assert.deepEqual(sliceInView({ ...measures, count: 0, top: 0 }), { first: 0, last: 0, before: 0, after: 0 });
});

test('keys move by rows, columns and pages, and stop at the ends', () => {
  const list = { at: 5, count: 20, columns: 1, page: 8 };
  /** @type {[string, number | null][]} */
  const moves = [['ArrowDown', 6], ['ArrowUp', 4], ['ArrowRight', null], ['PageDown', 13], ['PageUp', 0], ['Home', 0], ['End', 19], ['x', null]];
  for (const [key, target] of moves) assert.equal(targetOf(key, list), target, key);
  const grid = { ...list, columns: 4, count: 10 };
  assert.equal(targetOf('ArrowRight', grid), 6);
  assert.equal(targetOf('ArrowRight', { ...grid, rtl: true }), 4);
  assert.equal(targetOf('ArrowDown', grid), 9);
  assert.equal(targetOf('ArrowDown', { ...grid, at: 7 }), 9);
  assert.equal(targetOf('ArrowDown', { ...grid, at: 8 }), 8);
  assert.equal(targetOf('ArrowUp', { ...grid, at: 2 }), 2);
});
