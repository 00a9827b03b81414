// Selecting photos one by one and in ranges.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EMPTY, all, extend, retain, toggle } from '../../../web/photos/selection.js';

const photos = [...'abcdef'].map((id) => ({ id }));
const ids = (selection) => [...selection.ids].sort().join('');

test('a photo is selected and deselected', () => {
  const one = toggle(EMPTY, 'b');
  assert.equal(ids(one), 'b');
  assert.equal(ids(toggle(one, 'b')), '');
  assert.equal(EMPTY.ids.size, 0);
});

test('a range goes from the photo that was selected last, in both directions', () => {
  const one = toggle(EMPTY, 'c');
  assert.equal(ids(extend(one, 'e', photos)), 'cde');
  assert.equal(ids(extend(one, 'a', photos)), 'abc');
});

test('the second range begins at the same photo', () => {
  const first = extend(toggle(EMPTY, 'c'), 'e', photos);
  assert.equal(ids(extend(first, 'b', photos)), 'bcde');
});

test('a range without a beginning selects one photo', () => {
  const one = extend(EMPTY, 'd', photos);
  assert.equal(ids(one), 'd');
  assert.equal(ids(extend(one, 'f', photos)), 'def');
  assert.equal(ids(extend({ ids: new Set(), anchor: 'gone' }, 'd', photos)), 'd');
});

test('all photos are selected at once', () => {
  assert.equal(ids(all(photos)), 'abcdef');
});

test('photos that are gone leave the selection', () => {
  const range = extend(toggle(EMPTY, 'a'), 'c', photos);
  const rest = retain(range, (id) => id !== 'a');
  assert.equal(ids(rest), 'bc');
  assert.equal(rest.anchor, null);
  assert.equal(retain(range, () => true), range);
});
