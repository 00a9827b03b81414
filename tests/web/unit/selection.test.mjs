// Selecting records one by one and in ranges.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EMPTY, all, extend, retain, toggle } from '../../../web/selection.js';

const records = [...'abcdef'].map((id) => ({ id }));
const ids = (selection) => [...selection.ids].sort().join('');

test('a record is selected and deselected', () => {
  const one = toggle(EMPTY, 'b');
  assert.equal(ids(one), 'b');
  assert.equal(ids(toggle(one, 'b')), '');
  assert.equal(EMPTY.ids.size, 0);
});

test('a range goes from the record that was selected last, in both directions', () => {
  const one = toggle(EMPTY, 'c');
  assert.equal(ids(extend(one, 'e', records)), 'cde');
  assert.equal(ids(extend(one, 'a', records)), 'abc');
});

test('the second range begins at the same record', () => {
  const first = extend(toggle(EMPTY, 'c'), 'e', records);
  assert.equal(ids(extend(first, 'b', records)), 'bcde');
});

test('a range without a beginning selects one record', () => {
  const one = extend(EMPTY, 'd', records);
  assert.equal(ids(one), 'd');
  assert.equal(ids(extend(one, 'f', records)), 'def');
  assert.equal(ids(extend({ ids: new Set(), anchor: 'gone' }, 'd', records)), 'd');
});

test('all records are selected at once', () => {
  assert.equal(ids(all(records)), 'abcdef');
});

test('records that are gone leave the selection', () => {
  const range = extend(toggle(EMPTY, 'a'), 'c', records);
  const rest = retain(range, (id) => id !== 'a');
  assert.equal(ids(rest), 'bc');
  assert.equal(rest.anchor, null);
  assert.equal(retain(range, () => true), range);
});
