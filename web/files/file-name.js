// A name that keeps its end, and so its extension, when there is too little room for all of it.

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
  const text = h('bdi', { class: 'file-name-text', dir: 'auto' },
    h('span', { class: 'file-name-start', text: start }),
    end && h('span', { class: 'file-name-end', text: end }));
  const common = { class: `file-name ${className}`, title: name };
  return href ? h('a', { ...common, href, 'aria-label': name, draggable: false }, text) : h('span', common, text);
}
