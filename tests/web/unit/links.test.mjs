// What the share dialog offers and sends.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { defaultExpiry, expiryChoices, linkChange, linkState, newLink } from '../../../web/share/links.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const LINK = {
  id: '1',
  url: 'https://files.example.com/s/x',
  expires_at: '2026-03-19T19:09:58.402Z',
  max_downloads: /** @type {number | null} */ (5),
  downloads: 2,
  has_password: true,
  created_at: '2026-03-12T19:09:58.402Z',
};
const FORM = { expiry: /** @type {number | null | undefined} */ (undefined), asksPassword: false, password: '', limit: '' };

/** @param {number | null} seconds */
const tier = (seconds) => ({ expiring_links: true, max_link_seconds: seconds });

test('the expiries go up to the longest of the tier', () => {
  assert.deepEqual(expiryChoices(tier(7 * DAY)), [HOUR, DAY, 7 * DAY]);
  assert.deepEqual(expiryChoices(tier(90 * DAY)), [HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY]);
  assert.deepEqual(expiryChoices(tier(null)), [HOUR, DAY, 7 * DAY, 30 * DAY, null]);
  assert.deepEqual(expiryChoices(tier(600)), [600]);
});

test('a link lives seven days, or as long as the tier allows', () => {
  assert.equal(defaultExpiry(tier(null)), 7 * DAY);
  assert.equal(defaultExpiry(tier(90 * DAY)), 7 * DAY);
  assert.equal(defaultExpiry(tier(DAY)), DAY);
});

test('a new link has only what was entered', () => {
  assert.deepEqual(newLink({ ...FORM, expiry: DAY }), { body: { expires_in: DAY } });
  assert.deepEqual(newLink({ expiry: null, asksPassword: true, password: ' open ', limit: ' 3 ' }), {
    body: { expires_in: null, password: ' open ', max_downloads: 3 },
  });
  // A password that was written before the option was switched off again is not sent.
  assert.deepEqual(newLink({ ...FORM, password: 'open' }), { body: {} });
});

test('what cannot be sent is a problem of its field', () => {
  const problems = (/** @type {object} */ form) => newLink({ ...FORM, ...form });
  for (const limit of ['0', '-1', '1.5', 'two', '4294967296', '1e3']) {
    assert.deepEqual(problems({ limit }), { problems: { limit: 'limit' } }, limit);
  }
  assert.deepEqual(problems({ asksPassword: true }), { problems: { password: 'passwordMissing' } });
  assert.deepEqual(problems({ asksPassword: true, password: '  ' }), { problems: { password: 'passwordBlank' } });
  assert.deepEqual(problems({ asksPassword: true, password: 'x'.repeat(129) }), { problems: { password: 'passwordLong' } });
  assert.deepEqual(problems({ asksPassword: true, limit: '0' }), {
    problems: { limit: 'limit', password: 'passwordMissing' },
  });
});

test('a change has only what differs', () => {
  const same = { ...FORM, asksPassword: true, limit: '5' };
  assert.deepEqual(linkChange(LINK, same), { body: {} });
  assert.deepEqual(linkChange(LINK, { ...same, expiry: null }), { body: { expires_in: null } });
  assert.deepEqual(linkChange(LINK, { ...same, password: 'new' }), { body: { password: 'new' } });
  assert.deepEqual(linkChange(LINK, { ...same, asksPassword: false }), { body: { password: null } });
  assert.deepEqual(linkChange(LINK, { ...same, limit: '' }), { body: { max_downloads: null } });
  assert.deepEqual(linkChange({ ...LINK, has_password: false }, { ...FORM, limit: '9' }), { body: { max_downloads: 9 } });
  assert.deepEqual(linkChange({ ...LINK, has_password: false }, same), { problems: { password: 'passwordMissing' } });
});

test('a link dies when it expires or is used up', () => {
  const end = Date.parse(LINK.expires_at);
  assert.equal(linkState(LINK, { loadedAt: end - 2, now: end - 1 }), 'works');
  assert.equal(linkState(LINK, { loadedAt: end - 2, now: end }), 'expired');
  assert.equal(linkState({ ...LINK, downloads: 5 }, { loadedAt: 0, now: 0 }), 'used_up');
  assert.equal(linkState({ ...LINK, expires_at: null, max_downloads: null }, { loadedAt: 0, now: end * 2 }), 'works');
});

test('a link that the server just listed has not expired, whatever the clock of the device shows', () => {
  const wrong = Date.parse(LINK.expires_at) + 1000 * HOUR;
  assert.equal(linkState(LINK, { loadedAt: wrong, now: wrong + 1 }), 'works');
});
