// An account with photos, and the API as far as the list of photos uses it.

import { PhotoList } from '../../../web/photos/photo-list.js';

const PAGE = 100;
export const MINUTE = 60_000;

// An account with `n` photos. Each response signs other URLs.
export class PhotoAccount {
  requests = [];
  signed = 0;
  now = Date.UTC(2026, 10, 15);
  failing = false;
  // Holds the answers, which are those of the time of the request, until it is resolved.
  held = null;

  constructor(n) {
    this.images = Array.from({ length: n }, (_, at) => this.image(n - at));
    this.list = new PhotoList(this, () => this.now);
  }

  image(n, more = {}) {
    const id = `id-${String(n).padStart(6, '0')}`;
    return { id, title: `Photo ${n}`, filename: `${n}.jpg`, content_type: 'image/jpeg', size: 1000, width: 300, height: 200,
      status: 'ready', created_at: new Date(Date.UTC(2026, 0, 1) + n * MINUTE).toISOString(), ...more };
  }

  async get(path) {
    this.requests.push(path);
    const answer = this.answer(path);
    await this.held;
    return answer;
  }

  // The answers to requests from now on wait until the result is called.
  hold() {
    let release;
    this.held = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      this.held = null;
      release();
    };
  }

  async answer(path) {
    if (this.failing) throw Object.assign(new Error('unavailable'), { status: 503 });
    const { pathname, searchParams } = new URL(path, 'http://api');
    const id = pathname.split('/')[3];
    this.signed += 1;
    if (id) {
      const found = this.images.find((image) => image.id === id);
      if (!found) throw Object.assign(new Error('not found'), { status: 404 });
      return this.sign(found);
    }
    const cursor = searchParams.get('cursor');
    const rest = this.images.filter((image) => !cursor || image.id < cursor);
    const results = rest.slice(0, PAGE);
    const next = rest.length > PAGE ? `http://api/api/images?limit=100&cursor=${results.at(-1).id}` : null;
    return { next, results: results.map((image) => this.sign(image)) };
  }

  sign(image) {
    const thumbnails = { 200: `http://store/${image.id}?X-Amz-Expires=900&X-Amz-Signature=${this.signed}` };
    return { ...image, thumbnails, original: null };
  }

  async read(pages) {
    for (let page = 0; page < pages; page += 1) await this.list.loadMore();
    this.requests = [];
    return this.list;
  }
}
