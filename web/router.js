// Routes in the fragment of the address: #/photos/ID?key=value.

import { afterReturn } from './ui/back-button.js';

/**
 * @typedef {import('./places.js').Place} Place
 * @typedef {{ path: string, place: Place | null, params: Record<string, string>, query: Record<string, string> }} Route
 */

/**
 * Goes to a place. With `replace`, the back button skips the present one.
 * @param {string} hash such as `#/photos`
 * @param {{ replace?: boolean }} [options]
 */
export function navigate(hash, { replace = false } = {}) {
  afterReturn(() => {
    if (!replace) {
      location.hash = hash;
      return;
    }
    history.replaceState(history.state, '', hash);
    dispatchEvent(new HashChangeEvent('hashchange'));
  });
}

/**
 * What the fragment of an address names.
 * @param {string} hash
 * @param {Place[]} places
 * @returns {Route}
 */
export function routeOf(hash, places) {
  const [path = '', search = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const query = Object.fromEntries(new URLSearchParams(search));
  for (const place of places) {
    const params = matched(place.path, path || '/');
    if (params) return { path, place, params, query };
  }
  return { path, place: null, params: {}, query };
}

/**
 * @param {string} pattern
 * @param {string} path
 * @returns {Record<string, string> | null}
 */
function matched(pattern, path) {
  const given = path.split('/').filter(Boolean);
  const wanted = pattern.split('/').filter(Boolean);
  if (given.length > wanted.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at];
    if (!part.startsWith(':')) {
      if (value !== part) return null;
    } else if (value !== undefined) {
      params[part.replace(/^:|\?$/g, '')] = decoded(value);
    } else if (!part.endsWith('?')) {
      return null;
    }
  }
  return params;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
