// A queue of uploads over a clock, a server and a store that exist only in memory.

import { Store } from '../../../web/store.js';
import { Queue } from '../../../web/uploads/queue.js';
import { Remembered } from '../../../web/uploads/remembered.js';
import { totalsOf } from '../../../web/uploads/totals.js';

export const MIB = 1024 * 1024;
const PART = 16 * MIB;
const ONE_PUT = 100 * MIB;
const PUT_URL_MS = 15 * 60_000;
const PART_URL_MS = 60 * 60_000;
const STEPS = 4;

/** Time that passes only in `advance`. */
export class FakeClock {
  #now = Date.UTC(2026, 2, 12);
  #timers = new Set();

  now = () => this.#now;

  wait = (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => this.#timers.delete(timer) && reject(signal.reason);
      const timer = {
        at: this.#now + milliseconds,
        resolve() {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#timers.add(timer);
      signal?.addEventListener('abort', onAbort);
    });

  /** Lets `milliseconds` pass, and everything that happens meanwhile. */
  async advance(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      await idle();
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers.delete(next);
      next.resolve();
    }
    this.#now = end;
  }

  /** A laptop sleeps: time passes, and nothing happens. */
  sleep(milliseconds) {
    this.#now += milliseconds;
  }
}

// Promises, and what Node reads of blobs.
const idle = () => new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));

/** An error of the API as api.js throws it. */
export function apiError(status, body = {}) {
  const { detail = null, code = null, ...fields } = body;
  return Object.assign(new Error(detail ?? String(status)), { status, detail, code, fields });
}

/** A file that holds no bytes. `broken` is the name of the error that reading it gives. */
export function fakeFile(name, size, { type = 'application/octet-stream', lastModified = 1, broken = null } = {}) {
  const file = { name, size, type, lastModified, broken, webkitRelativePath: '' };
  const sliceOf = (length) => ({
    size: length,
    type: '',
    slice: (from, to) => sliceOf(Math.min(to, length) - from),
    async arrayBuffer() {
      if (file.broken) throw Object.assign(new Error(file.broken), { name: file.broken });
      return new ArrayBuffer(Math.min(length, 1));
    },
  });
  return Object.assign(file, { slice: (from, to) => sliceOf(Math.min(to, size) - from), arrayBuffer: sliceOf(size).arrayBuffer });
}

/** The API and the store. Bytes arrive with `speed` bytes a second on each connection. */
export class FakeServer {
  records = new Map();
  keys = new Map();
  requests = [];
  sent = 0;
  atATime = { now: 0, most: 0 };
  speed = 10_000_000;
  quota = Infinity;
  largest = Infinity;
  /** How often an image is pending when its record is read. */
  looks = 1;
  /** Statuses of records by filename: the reason of a rejection. */
  rejects = {};
  /** Called with each request: may throw, or return the status of the store's answer. */
  intercept = () => undefined;
  offline = false;
  #lastId = 0;

  constructor(clock) {
    this.clock = clock;
  }

  api = {
    get: (path, options) => this.#call('GET', path, undefined, options),
    post: (path, body, options) => this.#call('POST', path, body, options),
    delete: (path, options) => this.#call('DELETE', path, undefined, options),
  };

  /** The requests so far as "POST /api/files", with `id` for ids. */
  log(pattern = /./) {
    return this.requests.map(({ method, path }) => `${method} ${path.replace(/\d+/g, 'id')}`).filter((line) => pattern.test(line));
  }

  count(pattern) {
    return this.log(pattern).length;
  }

  async #call(method, path, body, { idempotencyKey, signal } = {}) {
    this.requests.push({ method, path, body });
    await this.clock.wait(20);
    signal?.throwIfAborted();
    if (this.offline) throw apiError(0);
    await this.intercept({ method, path, body });
    const [, , collection, id, action] = path.split('/');
    if (!id) return this.#announce(collection, body, idempotencyKey);
    const record = this.records.get(id);
    if (!record) throw apiError(404, { detail: 'Not found.' });
    if (method === 'DELETE') return this.#delete(record);
    if (action === 'parts') return method === 'GET' ? this.#parts(record) : this.#sign(record, body.numbers);
    if (action === 'complete') return this.#complete(record, body.parts);
    if (record.stored && record.looks-- <= 0) this.#settle(record);
    return view(record);
  }

  #announce(collection, { filename, content_type, size }, key) {
    const known = this.keys.get(key);
    if (known && !this.records.has(known.id)) throw apiError(404, { detail: 'Not found.' });
    const record = known ?? this.#create(collection, filename, content_type, size);
    if (key) this.keys.set(key, record);
    const upload = record.parts
      ? { type: 'multipart', part_size: PART, part_count: Math.ceil(record.size / PART) }
      : { method: 'PUT', url: this.#url(record, 0, PUT_URL_MS), headers: { 'content-type': record.content_type, 'if-none-match': '*' } };
    return { ...view(record), ...(record.status === 'pending' && { upload }) };
  }

  #create(collection, filename, content_type, size) {
    if (size > this.largest) throw apiError(413, { detail: 'The file is too large.' });
    const used = [...this.records.values()].reduce((sum, record) => sum + record.size, 0);
    if (used + size > this.quota) throw apiError(403, { detail: 'Storage quota exceeded.', code: 'quota_exceeded' });
    const id = String(++this.#lastId);
    const parts = size > ONE_PUT ? new Map() : null;
    const record = { id, collection, filename, content_type, size, parts, status: 'pending', stored: false, looks: this.looks };
    this.records.set(id, record);
    return record;
  }

  #url = (record, number, life) => `store:${record.id}:${number}:${this.clock.now() + life}:${++this.#lastId}`;

  #delete(record) {
    this.records.delete(record.id);
    return null;
  }

  #parts({ parts, size, status }) {
    if (!parts || status !== 'pending') throw apiError(409, { detail: 'The file waits for no parts.' });
    const stored = [...parts].map(([number, etag]) => ({ number, etag, size: Math.min(PART, size - (number - 1) * PART) }));
    return { parts: stored, part_size: PART, part_count: Math.ceil(size / PART) };
  }

  #sign(record, numbers) {
    return { parts: numbers.map((number) => ({ number, url: this.#url(record, number, PART_URL_MS) })) };
  }

  #complete(record, given) {
    if (record.status !== 'pending') return view(record);
    if (!record.parts) {
      if (!record.stored) throw apiError(400, { file: ['No file was submitted.'] });
    } else {
      const count = Math.ceil(record.size / PART);
      const etags = new Map(given.map(({ number, etag }) => [number, etag]));
      const missing = Array.from({ length: count }, (_, at) => at + 1).filter((number) => !record.parts.has(number) || etags.get(number) !== record.parts.get(number));
      if (missing.length) throw apiError(400, { parts: missing.map((number) => `Part ${number} is missing.`) });
    }
    this.#settle(record);
    return view(record);
  }

  #settle(record) {
    const reason = this.rejects[record.filename];
    Object.assign(record, reason ? { status: 'rejected', reason } : { status: 'ready' });
  }

  send = async (url, headers, blob, { signal, onProgress }) => {
    this.requests.push({ method: 'PUT', path: url.slice(0, 5), url, headers });
    this.atATime.most = Math.max(this.atATime.most, ++this.atATime.now);
    try {
      return await this.#receive(url, blob, signal, onProgress);
    } finally {
      this.atATime.now -= 1;
    }
  };

  async #receive(url, blob, signal, onProgress) {
    const [, id, part, expires] = url.split(':');
    for (let step = 1; step <= STEPS; step++) {
      await this.clock.wait(((blob.size / STEPS) * 1000) / this.speed, signal);
      const answer = await this.intercept({ method: 'PUT', url, part: Number(part), step });
      if (answer) return { status: answer, etag: '' };
      if (this.offline) throw Object.assign(new Error('offline'), { status: 0 });
      this.sent += blob.size / STEPS;
      onProgress((blob.size * step) / STEPS);
    }
    if (this.clock.now() >= Number(expires)) return { status: 403, etag: '' };
    const record = this.records.get(id);
    if (!record) return { status: part === '0' ? 403 : 404, etag: '' };
    if (part === '0') {
      if (record.stored) return { status: 412, etag: '' };
      record.stored = true;
    } else {
      record.parts.set(Number(part), `"${part}-${url.split(':')[4]}"`);
    }
    return { status: 200, etag: record.parts?.get(Number(part)) ?? '"whole"' };
  }
}

function view({ id, filename, size, status, reason }) {
  return { id, filename, size, status, ...(reason && { reason }) };
}

/** A Web Storage in memory. */
export class FakeStorage {
  #items = new Map();
  get length() {
    return this.#items.size;
  }
  key = (at) => [...this.#items.keys()][at] ?? null;
  getItem = (name) => this.#items.get(name) ?? null;
  setItem = (name, value) => void this.#items.set(name, value);
  removeItem = (name) => void this.#items.delete(name);
}

/** A queue, and what a test needs to watch it. A second visit passes the `server` and the `storage` of the first. */
export function fakeUploads({ clock = new FakeClock(), server = new FakeServer(clock), storage = new FakeStorage(), tab = 'tab' } = {}) {
  let lastKey = storage.length * 1000;
  const ready = [];
  const state = new Store({ items: [], totals: totalsOf([]) });
  const remembered = new Remembered(storage, 'ada', clock.now);
  const queue = new Queue({
    api: server.api, send: server.send, clock, remembered, tab, state,
    newKey: () => `key-${tab}-${++lastKey}`,
    onReady: (upload) => ready.push(upload),
    random: () => 1,
  });
  return {
    clock, server, storage, queue, ready, remembered,
    items: () => state.value.items,
    totals: () => state.value.totals,
    statuses: () => Object.fromEntries(state.value.items.map(({ name, status }) => [name, status])),
    problem: (name) => state.value.items.find((item) => item.name === name)?.problem,
    id: (name) => state.value.items.find((item) => item.name === name)?.id,
  };
}
