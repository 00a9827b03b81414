// Which pictures the viewer shows: a thumbnail at once, then the largest picture that the account may see.

import { makingPath, thumbnailFor } from './record.js';

/**
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {import('./record.js').Urls} Urls
 * @typedef {import('./photo-list.js').PhotoList} PhotoList
 * @typedef {import('./viewer-stage.js').Stage} Stage
 */

// Types that every browser shows.
const SHOWN_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
// Larger originals are loaded only once they are looked at.
const MOST_PRELOADED_BYTES = 10_000_000;
// Keys that are held down pass many photos.
const PAUSE_MS = 120;
const MOST_FAILURES = 3;

export class PictureSource {
  /** Whether the account may see the original of the shown photo. */
  hasOriginal = false;
  #list;
  #stage;
  #changed;
  /** @type {string | null} */
  #id = null;
  /** Whether the shown record was ready. */
  #ready = false;
  /** How many URLs of the shown photo did not work. */
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {PhotoList} list
   * @param {Stage} stage
   * @param {() => void} changed is called when `hasOriginal` may have changed
   */
  constructor(list, stage, changed) {
    this.#list = list;
    this.#stage = stage;
    this.#changed = changed;
  }

  /**
   * @param {Photo} photo
   * @param {(Photo | null)[]} neighbours
   */
  show(photo, neighbours) {
    this.stop();
    this.#id = photo.id;
    this.#ready = photo.status === 'ready';
    this.#failures = 0;
    const urls = this.#list.urls(photo.id);
    this.hasOriginal = Boolean(urls?.original);
    this.#stage.begin(photo, pictures(photo, urls));
    if (!this.#ready) return;
    this.#timer = setTimeout(() => {
      this.#load(photo);
      for (const neighbour of neighbours) if (neighbour) this.#preload(neighbour);
    }, PAUSE_MS);
  }

  /**
   * Shows a photo again that has become ready.
   * @param {Photo} photo
   */
  refresh(photo) {
    if (photo.id === this.#id && photo.status === 'ready' && !this.#ready) this.show(photo, []);
  }

  clear() {
    this.stop();
    this.#id = null;
    this.hasOriginal = false;
    this.#stage.clear();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {Photo} photo
   * @param {string | null} [failed] the URL that did not work
   */
  async #load(photo, failed = null) {
    if (failed) this.#failures += 1;
    const gaveUp = this.#failures > MOST_FAILURES;
    const urls = gaveUp ? null : await this.#freshUrls(photo.id, failed).catch(() => null);
    if (this.#id !== photo.id) return;
    const found = pictures(photo, urls);
    if (!found.small && !found.large) {
      this.#stage.fail(() => this.#again(photo));
      return;
    }
    this.hasOriginal = Boolean(urls?.original);
    this.#stage.load(found, (url) => this.#load(photo, url));
    this.#changed();
  }

  /** @param {Photo} photo */
  #again(photo) {
    this.#failures = 0;
    this.#load(photo);
  }

  /**
   * @param {string} id
   * @param {string | null} failed
   */
  async #freshUrls(id, failed) {
    const urls = await this.#list.freshUrls(id, failed);
    const found = urls && thumbnailFor(urls.thumbnails, Infinity);
    const path = found && makingPath(found.url);
    if (path) urls.thumbnails[found.size] = await this.#list.makeThumbnail(id, found.size, path);
    return urls;
  }

  /** @param {Photo} photo */
  #preload(photo) {
    const { small, large } = pictures(photo, this.#list.urls(photo.id));
    const isLight = photo.bytes <= MOST_PRELOADED_BYTES;
    for (const url of [small?.url, isLight && large]) if (url) new Image().src = url;
  }
}

/**
 * The largest thumbnail, if it exists already, and the largest picture that a browser shows.
 * @param {Photo} photo
 * @param {Urls | null} urls
 * @returns {import('./viewer-stage.js').Pictures}
 */
function pictures({ type }, urls) {
  if (!urls) return { small: null, large: null };
  const found = thumbnailFor(urls.thumbnails, Infinity);
  const { original, large } = urls;
  return {
    small: found && !makingPath(found.url) ? found : null,
    large: original && SHOWN_TYPES.includes(type) ? original : large,
  };
}
