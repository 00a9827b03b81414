// What the pages for staff have in common.

import { h, replace, useStyles } from '../dom.js';
import { navigate } from '../router.js';
import { session } from '../session.js';
import { emptyState } from '../ui/states.js';
import { words } from '../words.js';

// The module is ready when its look is, so that nothing flashes.
await useStyles(new URL('./staff.css', import.meta.url));

/**
 * Fills `place` with `content`. Someone who is not staff sees that there is nothing.
 *
 * @param {HTMLElement} place
 * @param {() => import('../dom.js').Child} content
 * @returns {boolean} whether the user is staff
 */
export function fillStaffPage(place, content) {
  const isStaff = Boolean(session.user.value?.is_staff);
  if (isStaff) replace(place, content());
  else showNothing(place);
  return isStaff;
}

/**
 * Shows what an unknown address shows.
 * @param {HTMLElement} place
 */
export function showNothing(place) {
  const { unknownPlace: title, unknownPlaceText: text, goHome: label } = words.app;
  replace(place, emptyState({ icon: 'search', title, text, action: { label, run: () => navigate('#/') } }));
}

/**
 * The title of the two main pages, and the links between them.
 * @param {'#/staff' | '#/staff/tiers'} current
 * @returns {HTMLElement}
 */
export function staffHead(current) {
  const areas = [[words.staff.accounts, '#/staff'], [words.staff.tiers, '#/staff/tiers']];
  const links = areas.map(([label, href]) =>
    h('a', { href, class: 'staff-area', 'aria-current': href === current ? 'page' : null }, label));
  return h('header', { class: 'staff-head' },
    h('h1', null, words.shell.staff),
    h('nav', { class: 'staff-areas', 'aria-label': words.staff.areas }, links));
}
