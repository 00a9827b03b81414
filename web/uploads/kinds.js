// What becomes of a file: a photo, or a file.

/** The media types that the server takes as photos. */
const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

/** The largest photo, until `GET /api/settings` has said it. */
const LARGEST_PHOTO = 50 * 1024 * 1024;

/** @typedef {'image' | 'file'} Kind */

/**
 * The kind of record that `file` becomes when it is added in `place`.
 * @param {{ type: string, size: number }} file
 * @param {string | undefined} place
 * @param {number} [largestPhoto] in bytes
 * @returns {Kind}
 */
export function kindOf(file, place, largestPhoto = LARGEST_PHOTO) {
  if (place === 'files') return 'file';
  return PHOTO_TYPES.includes(file.type) && file.size <= largestPhoto ? 'image' : 'file';
}
