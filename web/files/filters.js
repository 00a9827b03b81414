/**
 * Which files the list shows. The address of the list holds the filter, so that "back" and a bookmark keep it.
 *
 * @typedef {{ type: string, status: string }} Filter empty texts filter nothing
 */

import { typeLabel } from './file-types.js';

export const STATUSES = ['ready', 'pending', 'rejected'];

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]{1,63}\/[\w!#$%&'*+.^`|~-]{1,63}$/;

/** @type {Filter} */
export const ALL = { type: '', status: '' };

/**
 * The filter in the query of an address. What the server would refuse filters nothing.
 * @param {Record<string, string | undefined> | null | undefined} query
 * @returns {Filter}
 */
export function filterFrom(query) {
  const type = (query?.type ?? '').toLowerCase();
  const status = query?.status ?? '';
  return { type: MEDIA_TYPE.test(type) ? type : '', status: STATUSES.includes(status) ? status : '' };
}

/** @param {Filter} filter */
export const isFiltered = (filter) => Boolean(filter.type || filter.status);

/** The address of the list with this filter. @param {string} path @param {Filter} filter */
export function addressOf(path, filter) {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  return query.size ? `${path}?${query}` : path;
}

/** The parameters of `GET /api/files`. @param {Filter} filter @returns {Record<string, string>} */
export function parametersOf({ type, status }) {
  return { ...(type && { content_type: type }), ...(status && { status }) };
}

/**
 * Whether the list with this filter would hold the file.
 * @param {Filter} filter
 * @param {{ content_type: string, status: string }} file
 */
export function matches({ type, status }, file) {
  const own = file.content_type.split(';', 1)[0].trim().toLowerCase();
  return (!type || own === type) && (!status || file.status === status);
}

/**
 * Types of `files` that `known` does not have, in the order of their names.
 * @param {Iterable<{ content_type: string }>} files
 * @param {string[]} known
 */
export function furtherTypes(files, known) {
  const types = new Set([...files].map((file) => file.content_type.split(';', 1)[0].trim().toLowerCase()));
  return [...types].filter((type) => !known.includes(type)).sort((a, b) => typeLabel(a).localeCompare(typeLabel(b)));
}
