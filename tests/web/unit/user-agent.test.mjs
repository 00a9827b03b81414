// The devices that User-Agent headers of real browsers and programs belong to.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deviceOf } from '../../../web/account/user-agent.js';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

/** @type {[string, string, string | null, string | null][]} */
const BROWSERS = [
  [`Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`, 'phone', 'Chrome', 'Android'],
  [`Mozilla/5.0 (Linux; Android 14; SM-X700) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`, 'tablet', 'Chrome', 'Android'],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-G991B) ${WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    'phone', 'Samsung Internet', 'Android',
  ],
  ['Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0', 'phone', 'Firefox', 'Android'],
  ['Mozilla/5.0 (Android 14; Tablet; rv:128.0) Gecko/128.0 Firefox/128.0', 'tablet', 'Firefox', 'Android'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`, 'computer', 'Chrome', 'Windows'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`,
    'computer', 'Edge', 'Windows',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/125.0.0.0 Safari/537.36 OPR/111.0.0.0`,
    'computer', 'Opera', 'Windows',
  ],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`, 'computer', 'Chrome', 'ChromeOS'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/126.0.0.0 Safari/537.36`, 'computer', 'Chrome', 'Linux'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:138.0) Gecko/20100101 Firefox/138.0', 'computer', 'Firefox', 'Linux'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    'computer', 'Safari', 'macOS',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0', 'computer', 'Firefox', 'macOS'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'phone', 'Safari', 'iPhone',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1',
    'phone', 'Chrome', 'iPhone',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/127.0 Mobile/15E148 Safari/605.1.15',
    'tablet', 'Firefox', 'iPad',
  ],
];

test('browsers are recognised by their own name, with their system', () => {
  for (const [text, kind, client, system] of BROWSERS) assert.deepEqual(deviceOf(text), { kind, client, system }, text);
});

test('programs have the name before their version', () => {
  for (const [text, client] of [
    ['curl/8.5.0', 'curl'],
    ['python-requests/2.32.3', 'Python'],
    ['node', 'Node.js'],
    ['satchel-smoke/1.0.0', 'satchel-smoke'],
    ['okhttp/4.12.0', 'Android app'],
  ]) {
    assert.deepEqual(deviceOf(text), { kind: 'program', client, system: null }, text);
  }
  assert.equal(deviceOf('Wget/1.21.4 (Linux)').system, 'Linux');
});

test('a missing or meaningless header is an unknown device', () => {
  const unknown = { kind: 'unknown', client: null, system: null };
  for (const text of [null, undefined, '', '  ', '???', '<img src=x>', 'Mozilla/5.0']) {
    assert.deepEqual(deviceOf(text), unknown, String(text));
  }
});

test('a browser that is not known still has its system', () => {
  assert.deepEqual(deviceOf('Mozilla/5.0 (Windows NT 10.0) Something/1.0'), {
    kind: 'computer', client: null, system: 'Windows',
  });
});

test('a header that was cut off after 256 characters is still read', () => {
  const long = `Mozilla/5.0 (Linux; Android 14; ${'x'.repeat(300)})`.slice(0, 256);
  assert.deepEqual(deviceOf(long), { kind: 'tablet', client: null, system: 'Android' });
});
