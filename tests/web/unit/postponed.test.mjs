// Actions that can be cancelled for a while.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PostponedActions } from '../../../web/postponed.js';

function setUp() {
  /** @type {{ run: () => void, ms: number, cleared: boolean }[]} */
  const timers = [];
  const actions = new PostponedActions({
    set: (run, ms) => /** @type {any} */ (timers.push({ run, ms, cleared: false }) - 1),
    clear: (at) => {
      timers[at].cleared = true;
    },
  });
  /** @type {boolean[]} */
  const runs = [];
  const add = () => actions.add((keepalive) => runs.push(keepalive), 5000);
  return { actions, timers, runs, add };
}

test('an action runs when its time is over', async () => {
  const { timers, runs, add, actions } = setUp();
  const action = add();
  assert.deepEqual([timers[0].ms, runs, actions.size], [5000, [], 1]);
  timers[0].run();
  await action.settled;
  assert.deepEqual([runs, actions.size], [[false], 0]);
});

test('a cancelled action never runs', async () => {
  const { timers, runs, add, actions } = setUp();
  const action = add();
  assert.equal(action.cancel(), true);
  assert.equal(timers[0].cleared, true);
  timers[0].run();
  actions.startAll();
  await action.settled;
  assert.deepEqual(runs, []);
});

test('an action that has started cannot be cancelled, and does not start twice', () => {
  const { timers, runs, add, actions } = setUp();
  const action = add();
  timers[0].run();
  assert.equal(action.cancel(), false);
  actions.startAll({ keepalive: true });
  action.start();
  assert.deepEqual(runs, [false]);
});

test('all waiting actions start at once when the page goes', () => {
  const { timers, runs, add, actions } = setUp();
  add();
  add();
  actions.startAll({ keepalive: true });
  assert.deepEqual(runs, [true, true]);
  assert.deepEqual(timers.map(({ cleared }) => cleared), [true, true]);
});

test('a failure of the action is the failure of the request for it', async () => {
  const { actions, timers } = setUp();
  const thrown = actions.add(() => {
    throw new Error('thrown');
  }, 1);
  const rejected = actions.add(async () => {
    throw new Error('rejected');
  }, 1);
  timers.forEach((timer) => timer.run());
  await assert.rejects(thrown.settled, /thrown/);
  await assert.rejects(rejected.settled, /rejected/);
});

test('the start of all actions ends when the last of them has ended, even if one fails', async () => {
  const { actions } = setUp();
  /** @type {(value?: unknown) => void} */
  let answer = () => {};
  const failed = actions.add(() => Promise.reject(new Error('refused')), 1);
  actions.add(() => new Promise((resolve) => {
    answer = resolve;
  }), 1);
  failed.settled.catch(() => {});
  let ended = false;
  const all = actions.startAll().then(() => {
    ended = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ended, false);
  answer();
  await all;
});

test('an action that is held waits, and has all its time again afterwards', async () => {
  const { timers, runs, add, actions } = setUp();
  const action = add();
  action.hold(true);
  assert.deepEqual([timers.length, timers[0].cleared], [1, true]);
  action.hold(false);
  assert.deepEqual([timers.length, timers[1].ms], [2, 5000]);
  timers[1].run();
  await action.settled;
  action.hold(false);
  assert.deepEqual([runs, actions.size, timers.length], [[false], 0, 2]);
});
