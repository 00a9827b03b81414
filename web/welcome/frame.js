// What the pages for people who are not signed in have in common.

import { h, replace } from '../dom.js';
import { words } from '../words.js';
import { focusHeading } from '../ui/focus.js';
import { failedState } from '../ui/states.js';
import { session } from '../session.js';

/**
 * A page with one card.
 * @param {{ title: string, body: import('../dom.js').Child, other?: import('../dom.js').Child }} options
 */
export function frame({ title, body, other }) {
  return h('div', { class: 'welcome' },
    h('a', { class: 'welcome-brand', href: '#/' }, h('span', { class: 'brand-mark' }), h('span', { text: words.app.name })),
    h('section', { class: 'welcome-card' }, h('h1', { text: title }), body),
    other && h('p', { class: 'welcome-other' }, other));
}

/** The way back to the sign-in. */
export function backToSignIn() {
  return h('a', { href: '#/sign-in', text: words.welcome.backToSignIn });
}

/**
 * Shows in `parent` what `view` makes of the settings of the deployment.
 * @param {HTMLElement} parent
 * @param {string} title
 * @param {(settings: any) => Node} view
 */
export async function withSettings(parent, title, view) {
  show(parent, frame({ title, body: h('div', { class: 'spinner', role: 'status', 'aria-label': words.app.loading }) }));
  try {
    show(parent, view(await session.settings));
  } catch (error) {
    show(parent, frame({ title, body: failedState({ error, retry: () => withSettings(parent, title, view) }) }));
  }
}

/**
 * Shows `page` in `parent`. The focus moves to the new heading if it was on the page before.
 * @param {HTMLElement} parent
 * @param {Node} page
 */
export function show(parent, page) {
  const hadFocus = parent.contains(document.activeElement);
  replace(parent, page);
  if (hadFocus) focusHeading(parent);
}
