// The messages between the tabs that share a session.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPresence, createTabs } from '../../../web/session/tabs.js';

const SAVED = { id: 'a', generation: 0, refresh: 'r0', stay: true };
const TOKENS = { saved: SAVED, access: 'a0' };

/** Two tabs, and what each of them heard. `answer` are the tokens of the second one. */
function setUp({ answer = null, others = true } = {}) {
  const channels = [0, 1].map(() => ({ onmessage: null, postMessage(data) {
    for (const other of channels) if (other !== this) other.onmessage({ data: structuredClone(data) });
  } }));
  let waits = 0;
  const tabs = channels.map((channel, at) => {
    const heard = [];
    const note = (kind) => (...values) => void heard.push([kind, ...values]);
    const presence = { set() {}, others: async () => others };
    const world = { channel, presence, sleep: async () => void (waits += 1) };
    const asked = () => {
      heard.push(['asked']);
      return at === 1 ? answer : null;
    };
    const listeners = { asked, tokens: note('tokens'), signedIn: note('signedIn'), ended: note('ended') };
    return { heard, ...createTabs(world, listeners) };
  });
  return { tabs, waits: () => waits };
}

test('a tab that asks gets the tokens of another one', async () => {
  const { tabs: [first, second] } = setUp({ answer: TOKENS });
  await first.ask();
  assert.deepEqual(second.heard, [['asked']]);
  const [[kind, told]] = first.heard;
  assert.deepEqual([kind, told.saved, told.access], ['tokens', SAVED, 'a0']);
});

test('without another tab with a session, nobody is asked', async () => {
  const { tabs: [first, second], waits } = setUp({ others: false });
  await first.ask();
  assert.deepEqual([second.heard, waits()], [[], 0]);
});

test('a tab does not wait for ever for an answer', async () => {
  const { tabs: [first], waits } = setUp();
  await first.ask();
  assert.equal(waits(), 1);
});

test('a sign-in and an end are told to the other tabs', () => {
  const { tabs: [first, second] } = setUp();
  first.tellSignIn(TOKENS);
  first.tellEnd('a', 'signed-out');
  const [[signedIn, told], ended] = second.heard;
  assert.deepEqual([signedIn, told.saved, told.access], ['signedIn', SAVED, 'a0']);
  assert.deepEqual(ended, ['ended', 'a', 'signed-out']);
  assert.deepEqual(first.heard, []);
});

test('a tab is present while it has a session', async () => {
  const held = [];
  const locks = {
    request(name, { mode }, work) {
      const lock = { name, mode };
      held.push(lock);
      return work().then(() => held.splice(held.indexOf(lock), 1));
    },
    query: async () => ({ held }),
  };
  const [first, second] = [createPresence(locks, 'present'), createPresence(locks, 'present')];
  assert.equal(await second.others(), false);
  first.set(true);
  assert.deepEqual([await first.others(), await second.others()], [false, true]);
  second.set(true);
  assert.equal(await first.others(), true);
  first.set(false);
  await Promise.resolve();
  assert.equal(await second.others(), false);
});
