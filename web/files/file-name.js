// A name that keeps its end, and so its extension, when there is too little room for all of it. Screen readers read it
// once and whole, not the two pieces that a reader sees.

import { h } from '../dom.js';
import { cutForDisplay } from './names.js';

/**
 * @param {string} name
 * @param {{ href?: string, class?: string, kept?: number }} [options] with `href`, the name is a link; `kept`: see names.js
 * @returns {HTMLElement}
 */
export function fileName(name, { href, class: className = '', kept } = {}) {
  const [start, end] = cutForDisplay(name, kept);
  // `bdi` keeps the direction of a name from changing the text around it.
  const text = h('bdi', { class: 'file-name-text', dir: 'auto', 'aria-hidden': 'true' },
    h('span', { class: 'file-name-start', text: start }),
    end && h('span', { class: 'file-name-end', text: end }));
  const common = { class: `file-name ${className}`, title: name };
  if (href) return h('a', { ...common, href, 'aria-label': name, draggable: false }, text);
  return h('span', common, h('bdi', { class: 'visually-hidden', dir: 'auto', text: name }), text);
}
