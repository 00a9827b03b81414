// Which records of a list are selected. No DOM here.

/**
 * @typedef {object} Selection
 * @property {ReadonlySet<string>} ids
 * @property {string | null} anchor the record that a range begins at: the last one that was selected or deselected
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
 * Adds the records between the anchor and `id`, both included, to the selection. The anchor stays, so that the next
 * range begins at the same record.
 * @param {Selection} selection
 * @param {string} id
 * @param {{ id: string }[]} records in the order of the list
 * @returns {Selection}
 */
export function extend({ ids, anchor }, id, records) {
  const from = records.findIndex((record) => record.id === (anchor ?? id));
  const to = records.findIndex((record) => record.id === id);
  if (to < 0) return { ids, anchor };
  if (from < 0) return { ids: new Set(ids).add(id), anchor: id };
  const next = new Set(ids);
  for (let at = Math.min(from, to); at <= Math.max(from, to); at += 1) next.add(records[at].id);
  return { ids: next, anchor: records[from].id };
}

/**
 * @param {{ id: string }[]} records
 * @returns {Selection}
 */
export function all(records) {
  return { ids: new Set(records.map((record) => record.id)), anchor: null };
}

/**
 * The selection without the records that are gone.
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
