// The web app over an account with thousands of photos, which would take long to upload: the files of the app as they
// are, and the API as far as the place "Photos" needs it.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

const WEB = new URL('../../../web/', import.meta.url);
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.svg': 'image/svg+xml' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
  + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const SHAPES = [[3000, 2000], [2000, 3000], [4000, 3000], [1600, 900], [3000, 3000], [3000, 4000]];
const HOUR = 3_600_000;
const NEWEST = Date.UTC(2026, 10, 15, 12);
// Pictures of one pixel, in colours: their decoding is not what the tests are about.
const PICTURES = ['5b8c85', 'c97b63', '6a7fb5', 'd9b65d'].map((colour) => Buffer.from(
  `47494638396101000100800000${colour}0000002c00000000010001000002024401003b`, 'hex'));
// As long as the URLs that S3 signs for temporary credentials.
const SIGNATURE = 'f'.repeat(1200);

// Starts a server with `count` photos, four hours apart. Returns `{api, s3, deletions, expire(), stop()}`.
export async function servePhotos(count) {
  const server = new PhotoServer(count);
  await new Promise((resolve) => server.http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.http.address().port}`;
  Object.assign(server, { api: url, s3: url });
  return server;
}

class PhotoServer {
  // Increases with `expire`; thumbnails with an earlier number are refused.
  #epoch = 1;
  // The paths of the requests to the API.
  requests = [];

  constructor(count) {
    this.count = count;
    this.http = createServer((request, response) => {
      this.#answer(new URL(request.url, this.api), response).catch((error) => response.writeHead(500).end(String(error)));
    });
  }

  // Makes all URLs that were signed so far expire.
  expire() {
    this.#epoch += 1;
  }

  stop() {
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(resolve));
  }

  async #answer(url, response) {
    const { pathname } = url;
    if (pathname.startsWith('/api/')) this.#answerApi(url, response);
    else if (pathname.startsWith('/thumbnails/')) this.#answerThumbnail(url, response);
    else await sendFile(pathname === '/' ? 'index.html' : pathname.replace('/app/test/', ''), response);
  }

  #answerApi({ pathname, searchParams }, response) {
    this.requests.push(pathname);
    const body = {
      '/api/token': () => ({ access: 'access', refresh: 'refresh' }),
      '/api/settings': () => ({ registration: 'open', email_required: false, mail: true }),
      '/api/users/me': () => ({ id: 'me', username: 'ada', tier: 'Premium', is_staff: false, used_bytes: 5e9, max_total_bytes: 5e10 }),
      '/api/account-tiers': () => [],
      '/api/images': () => this.#page(Number(searchParams.get('cursor') ?? 0), Number(searchParams.get('limit') ?? 20)),
    }[pathname]?.();
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { detail: 'Not found.' }));
  }

  #page(from, limit) {
    const end = Math.min(this.count, from + limit);
    const next = end < this.count ? `${this.api}/api/images?limit=${limit}&cursor=${end}` : null;
    return { next, results: Array.from({ length: end - from }, (_, at) => this.#image(from + at)) };
  }

  #image(at) {
    const [width, height] = SHAPES[(at * 7) % SHAPES.length];
    const sign = (size) => `${this.api}/thumbnails/${at}/${size}?X-Amz-Expires=900&epoch=${this.#epoch}&X-Amz-Signature=${SIGNATURE}`;
    return {
      id: `01a2${String(1e9 - at).padStart(10, '0')}`,
      title: `Photo ${at}`,
      filename: `IMG_${at}.jpg`,
      content_type: 'image/jpeg',
      size: 3_400_000,
      width,
      height,
      status: 'ready',
      thumbnails: { 200: sign(200), 400: sign(400) },
      original: sign('original'),
      created_at: new Date(NEWEST - at * 4 * HOUR).toISOString(),
    };
  }

  #answerThumbnail({ pathname, searchParams }, response) {
    if (Number(searchParams.get('epoch')) < this.#epoch) {
      response.writeHead(403).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'image/gif', 'cache-control': 'private, max-age=900' });
    response.end(PICTURES[Number(pathname.split('/')[2]) % PICTURES.length]);
  }
}

async function sendFile(path, response) {
  const bytes = await readFile(new URL(path, WEB)).catch(() => null);
  if (!bytes || path.includes('..')) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
  response.end(extname(path) === '.html' ? String(bytes).replaceAll('{{app}}', '/app/test').replaceAll('{{mails}}', '') : bytes);
}
