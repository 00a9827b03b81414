// Requests to the API: retries, errors, lists.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError, createApi, path } from '../../../web/api.js';
import words from '../../../web/words/en.js';

/** A client whose server gives `answers` in turn: `[status, body, headers]`, or null for none. */
function setUp(...answers) {
  /** @type {any[]} */
  const requests = [];
  /** @type {number[]} */
  const waits = [];
  const api = createApi({
    fetch: async (path, init) => {
      requests.push([init.method, path, init]);
      const answer = answers.shift();
      if (!answer) throw new TypeError('Failed to fetch');
      const [status, body = null, headers = {}] = answer;
      return new Response(body === null ? null : JSON.stringify(body), { status, headers });
    },
    sleep: async (ms) => {
      waits.push(ms);
    },
  });
  return { api, requests, waits };
}

test('a connection that breaks in the middle of a response is a network failure', async () => {
  const broken = () => new ReadableStream({ start: (controller) => controller.error(new TypeError('network error')) });
  const api = createApi({ fetch: async () => new Response(broken(), { status: 200 }), sleep: async () => {} });
  await assert.rejects(api.get('/api/files'), { name: 'ApiError', status: 0 });
});

test('a request that may be repeated is repeated after a lost connection, 429 and 503', async () => {
  for (const failure of [null, [429, { message: 'Too Many Requests' }], [503, { message: 'Service Unavailable' }]]) {
    const { api, requests, waits } = setUp(failure, failure, [200, { ok: true }]);
    assert.deepEqual(await api.get('/api/files'), { ok: true });
    assert.equal(requests.length, 3);
    assert.ok(waits[1] > waits[0], 'the waits grow');
  }
});

test('a POST is sent once, unless it has an Idempotency-Key', async () => {
  const once = setUp([503], [201, {}]);
  await assert.rejects(once.api.post('/api/files', {}), { status: 503, message: words.failures.busy });
  assert.equal(once.requests.length, 1);

  const { api, requests } = setUp([503], [201, { id: 'x' }]);
  assert.deepEqual(await api.post('/api/files', {}, { idempotencyKey: 'k' }), { id: 'x' });
  assert.deepEqual(requests.map(([, , { headers }]) => headers['Idempotency-Key']), ['k', 'k']);
});

test('Retry-After is obeyed, and told if it is long', async () => {
  const short = setUp([429, {}, { 'Retry-After': '3' }], [200, {}]);
  await short.api.get('/api/files');
  assert.ok(short.waits[0] >= 3000);

  const long = setUp([429, {}, { 'Retry-After': '600' }]);
  const expected = { status: 429, retryAfter: 600, message: words.failures.throttled(600) };
  await assert.rejects(long.api.get('/api/files'), expected);
  assert.deepEqual(long.waits, []);
});

test('without a connection the error has the status 0, and the connection is in doubt', async () => {
  const { api, requests } = setUp();
  await assert.rejects(api.get('/api/files'), { status: 0, message: words.failures.network });
  assert.equal(requests.length, 4);
  assert.equal(api.connection.value, 'doubtful');
  await api.probe();
  assert.equal(api.connection.value, 'lost');
});

test('an aborted request is not repeated', async () => {
  const { api, requests } = setUp();
  await assert.rejects(api.get('/api/files', { signal: AbortSignal.abort() }), TypeError);
  assert.equal(requests.length, 1);
  assert.equal(api.connection.value, 'connected');
});

test('errors have the problems of each field, in friendly words', async () => {
  const { api } = setUp([400, { username: ['This field is required.'], password: ['Something new.'] }]);
  await assert.rejects(api.post('/api/users', {}), (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual(error.fields, { username: [words.errors['This field is required.']], password: ['Something new.'] });
    assert.equal(error.message, words.errors['This field is required.']);
    return true;
  });
});

test('errors have the details, the code and the request of the server', async () => {
  const details = setUp([403, { detail: 'Storage quota exceeded.', code: 'quota_exceeded' }]);
  await assert.rejects(details.api.post('/api/files', {}), {
    status: 403, code: 'quota_exceeded', detail: 'Storage quota exceeded.', message: words.errors['Storage quota exceeded.'],
  });
  const internal = setUp([500, { detail: 'Internal server error.', request_id: 'r-1' }]);
  await assert.rejects(internal.api.post('/api/files', {}), { message: words.failures.internal('r-1') });
});

test('an answer that is not JSON is an error with a text', async () => {
  const api = createApi({ fetch: async () => new Response('<html>', { status: 404 }), sleep: async () => {} });
  await assert.rejects(api.get('/api/files'), { status: 404, message: words.failures.other });
});

test('204 is null, and a body is JSON', async () => {
  const { api, requests } = setUp([204]);
  assert.equal(await api.patch('/api/files/1', { title: 'x' }), null);
  const [method, path, { body, headers }] = requests[0];
  assert.deepEqual([method, path, body, headers['Content-Type']], ['PATCH', '/api/files/1', '{"title":"x"}', 'application/json']);
});

test('a query leaves out what is not given', async () => {
  const { api, requests } = setUp([200, {}]);
  await api.get('/api/files', { query: { limit: 20, status: '', content_type: undefined, cursor: 'a b' } });
  assert.equal(requests[0][1], '/api/files?limit=20&cursor=a+b');
});

test('pages follow `next`, whatever host it names', async () => {
  const { api, requests } = setUp(
    [200, { results: [1], next: 'https://elsewhere.example/api/files?limit=1&cursor=x' }],
    [200, { results: [2], next: null }],
  );
  const results = [];
  for await (const page of api.pages('/api/files', { limit: 1 })) results.push(...page.results);
  assert.deepEqual(results, [1, 2]);
  assert.deepEqual(requests.map(([, path]) => path), ['/api/files?limit=1', '/api/files?limit=1&cursor=x']);
});

test('the values of a path are encoded', () => {
  assert.equal(path`/api/users/${'a/b?c=d#e f'}/files/${7}`, '/api/users/a%2Fb%3Fc%3Dd%23e%20f/files/7');
  assert.equal(path`#/photos/${'ü'}`, '#/photos/%C3%BC');
});

test('a value that leads to another path is the name of no record', () => {
  for (const id of ['', '.', '..']) assert.throws(() => path`/api/files/${id}`, { name: 'ApiError', status: 404 });
});
