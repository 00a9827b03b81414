// Which address waits for its verification.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPendingAddress } from '../../../web/account/pending-address.js';

const ADA = { id: '1', email: /** @type {string | null} */ ('ada@example.com'), email_verified: true };

function memory() {
  const kept = new Map();
  return /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
    removeItem: (/** @type {string} */ key) => kept.delete(key),
  });
}

test('an address waits until the account has it', () => {
  const storage = memory();
  const pending = createPendingAddress(() => storage, () => 5);
  assert.equal(pending.of(ADA), null);
  pending.set(ADA, 'Ada@Müller.example');
  assert.equal(pending.of(ADA)?.email, 'Ada@Müller.example');
  assert.equal(pending.of({ ...ADA, email: 'ada@xn--mller-kva.example' }), null);
  assert.equal(pending.of(ADA), null);
});

test('the first address of an account waits as well', () => {
  const storage = memory();
  const pending = createPendingAddress(() => storage, () => 5);
  const bare = { ...ADA, email: null, email_verified: false };
  pending.set(bare, 'ada@example.com');
  assert.notEqual(pending.of(bare), null);
  assert.equal(pending.of(ADA), null);
});

test('an address waits for its own account only', () => {
  const storage = memory();
  const pending = createPendingAddress(() => storage, () => 5);
  pending.set(ADA, 'new@example.com');
  assert.equal(pending.of({ ...ADA, id: '2' }), null);
  assert.notEqual(pending.of(ADA), null);
});

test('the time of the last mail is kept, and survives a reload', () => {
  const storage = memory();
  let now = 5;
  const pending = createPendingAddress(() => storage, () => now);
  pending.set(ADA, 'new@example.com');
  now = 9;
  pending.sentAgain();
  assert.equal(createPendingAddress(() => storage, () => now).of(ADA)?.sentAt, 9);
  pending.clear();
  assert.equal(pending.of(ADA), null);
});

test('without storage, the address is kept in memory', () => {
  const forbidden = () => {
    throw new Error('SecurityError');
  };
  const pending = createPendingAddress(forbidden, () => 5);
  pending.set(ADA, 'new@example.com');
  assert.equal(pending.of(ADA)?.email, 'new@example.com');
});
