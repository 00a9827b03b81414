// Requests to Satchel's API: the bearer token, one refresh for many refusals, retries, and errors as one type.

import { Store } from './store.js';
import { words } from './words.js';

/**
 * @typedef {{ access: () => string | null, canRenew: () => boolean, renew: (stale: string | null) => Promise<boolean> }} Tokens
 * @typedef {{ query?: Record<string, any>, signal?: AbortSignal, idempotencyKey?: string, keepalive?: boolean,
 *   anonymous?: boolean, repeatable?: boolean, body?: any }} Options `anonymous` sends no token; `repeatable` is a POST or
 *   PATCH that may be sent twice
 */

/** How long to wait before each repeat of a request, in milliseconds. */
const BACK_OFF = [400, 1200, 3000];
/** A longer `Retry-After` is left to the person. */
const LONGEST_WAIT = 20_000;

/** What a request that failed tells. `status` is 0 if no response arrived. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {any} [body] the response's JSON
   * @param {number | null} [retryAfter] seconds
   */
  constructor(status, body = null, retryAfter = null) {
    const own = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
    const detail = [own.detail, own.error, own.message].find((text) => typeof text === 'string') ?? null;
    const fields = fieldErrors(own.errors ?? own);
    super(friendly(status, detail, fields, retryAfter, own.request_id));
    this.name = 'ApiError';
    this.status = status;
    /** The problems of each field that the server refused. */
    this.fields = fields;
    /** What the server said, untranslated. @type {string | null} */
    this.detail = detail;
    /** @type {string | null} */
    this.code = own.code ?? null;
    this.retryAfter = retryAfter;
  }
}

/**
 * What to tell about an error that ended an action. An error that is not of the API, such as a failed import, is a fault of
 * the app: it is also reported, as if nothing had caught it.
 * @param {unknown} error
 */
export function failureText(error) {
  if (error instanceof ApiError) return error.message;
  void Promise.reject(error);
  return words.failures.other;
}

/**
 * @param {any} body
 * @returns {Record<string, string[]>}
 */
function fieldErrors(body) {
  /** @type {Record<string, string[]>} */
  const fields = {};
  for (const [name, texts] of Object.entries(body)) {
    if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) continue;
    fields[name] = texts.map((text) => words.errors[text] ?? text);
  }
  return fields;
}

/**
 * @param {number} status
 * @param {string | null} detail
 * @param {Record<string, string[]>} fields
 * @param {number | null} retryAfter
 * @param {string} [requestId]
 */
function friendly(status, detail, fields, retryAfter, requestId = '') {
  if (status === 0) return words.failures.network;
  if (status === 429) return retryAfter ? words.failures.throttled(retryAfter) : words.failures.busy;
  if (status === 503 || status === 502 || status === 504) return words.failures.busy;
  if (status >= 500) return words.failures.internal(requestId);
  if (detail) return words.errors[detail] ?? detail;
  return Object.values(fields).flat()[0] ?? words.failures.other;
}

/**
 * A client of the API.
 * @param {{ fetch: typeof fetch, sleep: (ms: number, signal?: AbortSignal) => Promise<void> }} world
 */
export function createApi({ fetch, sleep }) {
  /**
   * Whether the server is in reach: `doubtful` after a request that failed, `lost` when a probe has failed too.
   */
  const connection = new Store(/** @type {'connected' | 'doubtful' | 'lost'} */ ('connected'));
  /** @type {Tokens | null} */
  let tokens = null;

  /**
   * @param {string} method
   * @param {string} path
   * @param {Options} options
   */
  async function request(method, path, options) {
    const signed = tokens !== null && !options.anonymous;
    if (signed && !tokens?.access() && tokens?.canRenew()) await tokens.renew(null);
    const access = signed ? tokens?.access() ?? null : null;
    const response = await persistent(method, path, options, access);
    if (response.status !== 401 || !signed || !access) return read(response, options.signal);
    if (!(await tokens?.renew(access))) return read(response, options.signal);
    return read(await persistent(method, path, options, tokens?.access() ?? null), options.signal);
  }

  /**
   * Sends a request, and repeats it if that is safe and may help.
   * @param {string} method
   * @param {string} path
   * @param {Options} options
   * @param {string | null} access
   */
  async function persistent(method, path, options, access) {
    const safe = !['POST', 'PATCH'].includes(method) || Boolean(options.repeatable || options.idempotencyKey);
    for (let round = 0; ; round += 1) {
      const response = await once(method, path, options, access);
      const wait = BACK_OFF[round];
      if (!safe || wait === undefined || !passing(response)) {
        if (!response) throw new ApiError(0);
        return response;
      }
      const asked = response ? (retryAfter(response) ?? 0) * 1000 : 0;
      if (asked > LONGEST_WAIT && response) return response;
      await sleep(Math.max(asked, wait * (0.75 + Math.random() / 2)), options.signal);
    }
  }

  /**
   * The response, or null if none arrived.
   * @param {string} method
   * @param {string} path
   * @param {Options} options
   * @param {string | null} access
   */
  async function once(method, path, options, access) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' };
    if (access) headers.Authorization = `Bearer ${access}`;
    // The browser writes the type of a form, with its boundary.
    const isForm = options.body instanceof FormData;
    if (options.body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
    if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
    const body = options.body === undefined || isForm ? options.body : JSON.stringify(options.body);
    const { signal, keepalive } = options;
    try {
      const response = await fetch(address(path, options.query), { method, headers, body, signal, keepalive });
      connection.set('connected');
      return response;
    } catch (error) {
      if (signal?.aborted) throw error;
      if (connection.value === 'connected') connection.set('doubtful');
      return null;
    }
  }

  return {
    connection,
    /** Finds out whether the server is in reach. */
    async probe() {
      const reached = await fetch('/health', { cache: 'no-store' }).then(() => true, () => false);
      connection.set(reached ? 'connected' : 'lost');
    },
    /** Sets where the access token comes from. @param {Tokens} source */
    authenticate(source) {
      tokens = source;
    },
    /** @param {string} path @param {Options} [options] */
    get: (path, options = {}) => request('GET', path, options),
    /** @param {string} path @param {any} [body] @param {Options} [options] */
    post: (path, body, options = {}) => request('POST', path, { ...options, body: body ?? {} }),
    /** @param {string} path @param {any} body @param {Options} [options] */
    patch: (path, body, options = {}) => request('PATCH', path, { ...options, body }),
    /** @param {string} path @param {any} body @param {Options} [options] */
    put: (path, body, options = {}) => request('PUT', path, { ...options, body }),
    /** @param {string} path @param {Options} [options] */
    delete: (path, options = {}) => request('DELETE', path, options),

    /**
     * The pages of a list, one request each.
     * @param {string} path
     * @param {Record<string, any>} [query]
     * @param {Options} [options]
     * @returns {AsyncGenerator<any, void, void>}
     */
    async *pages(path, query, options = {}) {
      for (let next = address(path, query); next; ) {
        const page = await request('GET', next, options);
        yield page;
        next = page.next ? pathAndQuery(page.next) : '';
      }
    },
  };
}

/**
 * Whether a response is a failure that passes by itself.
 * @param {Response | null} response
 */
function passing(response) {
  return !response || response.status === 429 || response.status === 503;
}

/** @param {Response} response */
function retryAfter(response) {
  const seconds = Number(response.headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}

/**
 * @param {string} path
 * @param {Record<string, any>} [query]
 */
function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/**
 * A path with its values encoded: path`/api/files/${id}`. It serves for requests and for addresses such as `#/files/ID`.
 * No record has a name that the browser would take for a step up the path, so these are refused as the server would.
 * @param {TemplateStringsArray} texts
 * @param {...(string | number)} values
 */
export function path(texts, ...values) {
  const names = values.map(String);
  if (names.some((name) => ['', '.', '..'].includes(name))) throw new ApiError(404);
  return String.raw({ raw: texts }, ...names.map(encodeURIComponent));
}

/** The path and query of an absolute URL: the server may know itself by another name. @param {string} url */
export function pathAndQuery(url) {
  const { pathname, search } = new URL(url, 'http://any');
  return pathname + search;
}

/**
 * The JSON of a response, or null if it has none.
 * @param {Response} response
 * @param {AbortSignal} [signal]
 */
async function read(response, signal) {
  const text = await response.text().catch((error) => {
    // The connection broke in the middle of the body.
    throw signal?.aborted ? error : new ApiError(0);
  });
  const body = parsed(text);
  if (response.ok) return body;
  throw new ApiError(response.status, body, retryAfter(response));
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Waits; rejects with the signal's reason if it is aborted.
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A random key. `crypto.randomUUID` is missing on pages without HTTPS, such as a local stack that a phone opens. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const api = createApi({ fetch: (...request) => fetch(...request), sleep });
