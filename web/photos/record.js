// Compact records of images: what the grid keeps in memory for each of thousands of photos. The signed URLs are not in
// it; photo-list.js keeps them for a few pages only.

import { path } from '../api.js';

/**
 * @typedef {import('../api-types.js').Image} ImageRecord
 *
 * @typedef {object} Photo
 * @property {string} id
 * @property {string} title
 * @property {string} filename
 * @property {string} type the media type
 * @property {number} bytes the size of the original
 * @property {number} width 0 until the image is ready
 * @property {number} height 0 until the image is ready
 * @property {number} created milliseconds since 1970
 * @property {'pending' | 'ready' | 'rejected'} status
 * @property {string | null} reason why the image was rejected
 * @property {string | null} placeholder a thumbhash in base64
 *
 * @typedef {object} Urls the signed URLs of a photo
 * @property {Record<string, string>} thumbnails by size in pixels
 * @property {string | null} original
 * @property {string | null} large a large JPEG, for originals that a browser may be unable to show
 */

/**
 * @param {ImageRecord} record
 * @returns {Photo}
 */
export function photoOf(record) {
  const { id, title, filename, status } = record;
  return {
    id,
    title,
    filename,
    type: record.content_type,
    bytes: record.size,
    width: record.width ?? 0,
    height: record.height ?? 0,
    created: Date.parse(record.created_at),
    status,
    reason: record.reason ?? null,
    placeholder: /** @type {any} */ (record).placeholder ?? null,
  };
}

/**
 * @param {ImageRecord} record
 * @returns {Urls}
 */
export function urlsOf(record) {
  const large = /** @type {any} */ (record).large ?? null;
  return { thumbnails: record.thumbnails, original: record.original, large };
}

/**
 * The order of the list: newest first, as the API has it.
 * @param {{ created: number, id: string }} a
 * @param {{ created: number, id: string }} b
 */
export function newestFirst(a, b) {
  if (a.created !== b.created) return b.created - a.created;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/**
 * Where `photo` belongs in `photos`, which are in order.
 * @param {Photo[]} photos
 * @param {{ created: number, id: string }} photo
 */
export function placeOf(photos, photo) {
  let [low, high] = [0, photos.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (newestFirst(photos[middle], photo) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The thumbnail for a picture that is shown with `pixels` device pixels on its longer side: the smallest that is large
 * enough, else the largest.
 * @param {Record<string, string>} thumbnails
 * @param {number} pixels
 * @returns {{ size: number, url: string } | null}
 */
export function thumbnailFor(thumbnails, pixels) {
  const sizes = Object.keys(thumbnails).map(Number).sort((a, b) => a - b);
  if (sizes.length === 0) return null;
  const size = sizes.find((each) => each >= pixels) ?? sizes[sizes.length - 1];
  return { size, url: thumbnails[size] };
}

/**
 * How long a signed URL is valid, in milliseconds, by its own statement. Infinity if it makes none.
 * @param {string} url
 */
export function lifetimeOf(url) {
  const seconds = /[?&]X-Amz-Expires=(\d+)/.exec(url)?.[1];
  return seconds ? Number(seconds) * 1000 : Infinity;
}

/**
 * The path and query of the API if `url` is a thumbnail that does not exist yet. Only a request with the owner's token
 * makes it.
 * @param {string} url
 * @returns {string | null}
 */
export function makingPath(url) {
  const { pathname, search } = new URL(url);
  return /^\/api\/images\/[^/]+\/thumbnail$/.test(pathname) ? pathname + search : null;
}

/**
 * The average colour of a thumbhash in base64, as a CSS colour, or null if `hash` is not a thumbhash.
 * @param {string | null} hash
 */
export function averageColour(hash) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(hash ?? ''), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
  if (bytes.length < 5) return null;
  // The first 24 bits: lightness, and the two opponent colours (yellow to blue, red to green).
  const header = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
  const lightness = (header & 63) / 63;
  const yellow = ((header >> 6) & 63) / 31.5 - 1;
  const red = ((header >> 12) & 63) / 31.5 - 1;
  const blue = lightness - (2 / 3) * yellow;
  const r = (3 * lightness - blue + red) / 2;
  const channels = [r, r - red, blue].map((each) => Math.round(255 * Math.min(1, Math.max(0, each))));
  return `rgb(${channels.join(' ')})`;
}

/**
 * The path of a photo in the API.
 * @param {string} id
 */
export function pathOf(id) {
  return path`/api/images/${id}`;
}

/**
 * Whether `url` is one of `urls`.
 * @param {Urls} urls
 * @param {string} url
 */
export function includes({ thumbnails, original, large }, url) {
  return original === url || large === url || Object.values(thumbnails).includes(url);
}
