// Which photos are selected. No DOM here.

/**
 * @typedef {object} Selection
 * @property {ReadonlySet<string>} ids
 * @property {string | null} anchor the photo that a range begins at: the last one that was selected or deselected
 */

/** @type {Selection} */
export const EMPTY = Object.freeze({ ids: new Set(), anchor: null });

/**
 * @param {Selection} selection
 * @param {string} id
 * @returns {Selection}
 */
export function toggle({ ids }, id) {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/**
 * Adds the photos between the anchor and `id`, both included, to the selection. The anchor stays, so that the next
 * range begins at the same photo.
 * @param {Selection} selection
 * @param {string} id
 * @param {{ id: string }[]} photos in the order of the grid
 * @returns {Selection}
 */
export function extend({ ids, anchor }, id, photos) {
  const from = photos.findIndex((photo) => photo.id === (anchor ?? id));
  const to = photos.findIndex((photo) => photo.id === id);
  if (to < 0) return { ids, anchor };
  if (from < 0) return { ids: new Set(ids).add(id), anchor: id };
  const next = new Set(ids);
  for (let at = Math.min(from, to); at <= Math.max(from, to); at += 1) next.add(photos[at].id);
  return { ids: next, anchor: photos[from].id };
}

/**
 * @param {{ id: string }[]} photos
 * @returns {Selection}
 */
export function all(photos) {
  return { ids: new Set(photos.map((photo) => photo.id)), anchor: null };
}

/**
 * The selection without the photos that are gone.
 * @param {Selection} selection
 * @param {(id: string) => boolean} exists
 * @returns {Selection}
 */
export function retain(selection, exists) {
  if ([...selection.ids].every(exists)) return selection;
  const ids = new Set([...selection.ids].filter(exists));
  const { anchor } = selection;
  return { ids, anchor: anchor !== null && exists(anchor) ? anchor : null };
}
