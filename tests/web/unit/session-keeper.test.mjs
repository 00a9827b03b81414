// Where a browser keeps the tokens of a session, and which sessions have ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createKeeper } from '../../../web/session/keeper.js';
import { FakeStorage } from '../helpers/fake-storage.mjs';

const saved = (id, stay) => ({ id, generation: 0, refresh: `refresh-${id}`, stay });

/** The keepers of the tabs of one browser. `forbidden` storage throws. */
function setUp({ forbidden = false } = {}) {
  const local = new FakeStorage();
  const area = (storage) => () => {
    if (forbidden) throw new Error('SecurityError');
    return storage;
  };
  const tab = (perTab = new FakeStorage()) => ({ perTab, keeper: createKeeper(area(local), area(perTab)) });
  return { local, tab };
}

test('a session that stays is there for every tab, another one only for its own', () => {
  for (const stay of [true, false]) {
    const { tab } = setUp();
    const { keeper, perTab } = tab();
    keeper.set(saved('a', stay));
    assert.deepEqual(tab(perTab).keeper.get(), saved('a', stay));
    assert.deepEqual(tab().keeper.get(), stay ? saved('a', stay) : null);
  }
});

test('a session that has ended is kept nowhere, and known to have ended in every tab', () => {
  for (const stay of [true, false]) {
    const { tab, local } = setUp();
    const { keeper, perTab } = tab();
    keeper.set(saved('a', stay));
    keeper.end('a');
    assert.equal(keeper.get(), null);
    assert.ok(![...local.values.values(), ...perTab.values.values()].join().includes('refresh-a'));
    assert.ok(tab(perTab).keeper.hasEnded('a') && tab().keeper.hasEnded('a'));
    assert.ok(!keeper.hasEnded('b'));
  }
});

test('tokens of an ended session that a slow tab stores again are ignored', () => {
  const { tab } = setUp();
  const [first, slow] = [tab().keeper, tab().keeper];
  first.set(saved('a', true));
  first.end('a');
  slow.set(saved('a', true));
  assert.equal(tab().keeper.get(), null);
});

test('the end of one session leaves another one alone', () => {
  for (const stay of [true, false]) {
    const { tab } = setUp();
    const { keeper } = tab();
    keeper.set(saved('b', stay));
    keeper.end('a');
    assert.deepEqual(keeper.get(), saved('b', stay));
  }
});

test('where storage is forbidden, the tab knows its session and the ended ones', () => {
  const { keeper } = setUp({ forbidden: true }).tab();
  keeper.set(saved('a', true));
  assert.deepEqual(keeper.get(), saved('a', true));
  keeper.end('a');
  assert.equal(keeper.get(), null);
  assert.ok(keeper.hasEnded('a'));
});

test('only the last ended sessions are remembered', () => {
  const { tab, local } = setUp();
  const { keeper } = tab();
  for (let at = 0; at < 100; at += 1) keeper.end(`s${at}`);
  assert.ok(keeper.hasEnded('s99') && !keeper.hasEnded('s0'));
  assert.ok(local.getItem('satchel.session.ended').length < 300);
});

test('something else in the place of the ended sessions is as good as nothing', () => {
  for (const text of ['', '{', '"x"', '{}', '7']) {
    const { tab, local } = setUp();
    local.setItem('satchel.session.ended', text);
    const { keeper } = tab();
    assert.ok(!keeper.hasEnded('a'));
    keeper.end('a');
    assert.ok(tab().keeper.hasEnded('a'));
  }
});
