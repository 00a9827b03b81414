// What a share link is, in words.

import { h, icon } from '../dom.js';
import { dateTime } from '../format.js';
import { words } from '../words.js';

/** @typedef {import('../api-types.js').ShareLink} ShareLink */
/** @typedef {'works' | 'expired' | 'used_up'} LinkState */

/**
 * @param {ShareLink} link
 * @returns {{ expiry: string, openings: string }}
 */
export function factsOf({ expires_at: end, downloads, max_downloads: most }) {
  const text = words.share;
  return {
    expiry: end === null ? text.worksForever : text.works(dateTime(end)),
    openings: most === null ? text.opened(downloads) : text.openedOf(downloads, most),
  };
}

/**
 * The line under the address of a link.
 *
 * @param {ShareLink} link
 * @param {LinkState} state
 */
export function factsLine(link, state) {
  const text = words.share;
  const { expiry, openings } = factsOf(link);
  const dead = { works: null, expired: text.expired, used_up: text.usedUp }[state];
  return h('ul', { class: 'share-link-facts' },
    dead ? h('li', null, h('span', { class: 'badge', text: dead })) : h('li', null, icon('clock'), expiry),
    h('li', null, icon('eye'), openings),
    link.has_password ? h('li', null, icon('lock'), text.hasPassword) : null);
}
