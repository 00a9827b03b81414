// Photos in the order of the grid, and those that are known but not in it. No DOM here.

import { newestFirst, placeOf } from './record.js';

/** @typedef {import('./record.js').Photo} Photo */

export class Collection {
  /** The photos of the grid, newest first. @type {Photo[]} */
  photos = [];
  /** @type {Map<string, Photo>} */
  #byId = new Map();
  /** Photos that are about to be deleted. @type {Map<string, Photo>} */
  #hidden = new Map();
  /** Photos that are older than what was read of the list, such as one that was opened by its address. @type {Map<string, Photo>} */
  #older = new Map();
  /** @type {Set<string>} */
  #deleted = new Set();

  /** @param {string} id */
  has(id) {
    return this.#byId.has(id);
  }

  /**
   * The photo `id`, also if it is not in the grid. Photos that are about to be deleted do not exist any more.
   * @param {string} id
   */
  get(id) {
    return this.#byId.get(id) ?? this.#older.get(id) ?? null;
  }

  /**
   * The index of the photo `id` in the grid, or -1.
   * @param {string} id
   */
  indexOf(id) {
    const photo = this.#byId.get(id);
    return photo ? placeOf(this.photos, photo) : -1;
  }

  /**
   * Adds or replaces a photo. If the grid ends before the end of the list (`open`), a photo beyond its end waits: the
   * grid would have a gap.
   * @param {Photo} photo
   * @param {{ open: boolean }} options
   */
  put(photo, { open }) {
    if (this.#deleted.has(photo.id)) return;
    if (this.#hidden.has(photo.id)) {
      this.#hidden.set(photo.id, photo);
      return;
    }
    const known = this.#byId.get(photo.id);
    if (known) {
      Object.assign(known, photo);
      return;
    }
    const last = this.photos.at(-1);
    if (open && (!last || newestFirst(photo, last) > 0)) {
      this.#older.set(photo.id, photo);
      return;
    }
    this.#older.delete(photo.id);
    this.#byId.set(photo.id, photo);
    this.photos.splice(placeOf(this.photos, photo), 0, photo);
  }

  /**
   * Removes photos that do not exist any more. Returns whether there were any.
   * @param {(photo: Photo) => boolean} isGone
   */
  drop(isGone) {
    const gone = [...this.photos, ...this.#older.values()].filter(isGone);
    for (const { id } of gone) {
      this.#byId.delete(id);
      this.#older.delete(id);
    }
    if (gone.length > 0) this.photos = this.photos.filter(({ id }) => this.#byId.has(id));
    return gone.length > 0;
  }

  /** Removes all photos except those that are hidden. */
  clear() {
    this.photos = [];
    this.#byId.clear();
    this.#older.clear();
  }

  /**
   * Hides photos that are about to be deleted.
   * @param {string[]} ids
   */
  hide(ids) {
    for (const id of ids) {
      const photo = this.get(id);
      if (photo) this.#hidden.set(id, photo);
    }
    this.drop(({ id }) => this.#hidden.has(id));
  }

  /**
   * Shows hidden photos again.
   * @param {string[]} ids
   * @param {{ open: boolean }} options
   */
  show(ids, options) {
    for (const id of ids) {
      const photo = this.#hidden.get(id);
      this.#hidden.delete(id);
      if (photo) this.put(photo, options);
    }
  }

  /**
   * Forgets hidden photos that were deleted. A list that was read before the deletion does not bring them back.
   * @param {string[]} ids
   */
  forget(ids) {
    for (const id of ids) {
      this.#hidden.delete(id);
      this.#deleted.add(id);
    }
  }
}
