// Loads the pictures of tiles, with fresh URLs if theirs have expired.

import { makingPath, thumbnailFor } from './record.js';

/**
 * @typedef {import('./tile.js').Tile} Tile
 * @typedef {import('./photo-list.js').PhotoList} PhotoList
 */

// Above this, the eye sees no difference in a thumbnail.
const MOST_DEVICE_PIXELS = 2;
const MOST_FAILURES = 2;

export class Thumbnails {
  #list;

  /** @param {PhotoList} list */
  constructor(list) {
    this.#list = list;
  }

  /**
   * Watches the picture of a new tile.
   * @param {Tile} tile
   */
  attach(tile) {
    tile.image.addEventListener('error', () => {
      if (tile.url === null) return;
      tile.failures += 1;
      if (tile.failures > MOST_FAILURES) tile.fail();
      else this.load(tile, tile.url);
    });
  }

  /**
   * @param {Tile} tile
   * @param {string | null} [failed] the URL that did not work
   */
  async load(tile, failed = null) {
    const { photo } = tile;
    if (!photo) return;
    const job = (tile.job = {});
    const at = this.#urlAtHand(tile);
    if (at && !failed) {
      tile.load(at);
      return;
    }
    const url = await this.#freshUrl(photo.id, tile.side, failed).catch(() => null);
    if (tile.job !== job) return;
    if (url) tile.load(url);
    else tile.fail();
  }

  /** @param {Tile} tile */
  #urlAtHand({ photo, side }) {
    const urls = photo && this.#list.urls(photo.id);
    const found = urls && thumbnailFor(urls.thumbnails, pixels(side));
    return found && !makingPath(found.url) ? found.url : null;
  }

  /**
   * @param {string} id
   * @param {number} side
   * @param {string | null} failed
   */
  async #freshUrl(id, side, failed) {
    const urls = await this.#list.freshUrls(id, failed);
    const found = urls && thumbnailFor(urls.thumbnails, pixels(side));
    if (!found) return null;
    const making = makingPath(found.url);
    return making ? this.#list.makeThumbnail(id, found.size, making) : found.url;
  }
}

/** @param {number} side */
function pixels(side) {
  return side * Math.min(devicePixelRatio, MOST_DEVICE_PIXELS);
}
