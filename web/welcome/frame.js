import { h } from '../dom.js';
import { words } from '../words.js';

/**
 * The frame of the pages for people who are not signed in.
 * @param {{ title: string, body: any, intro?: boolean }} options
 */
export function frame({ title, body, intro = false }) {
  return h('div', { class: 'welcome' },
    h('a', { class: 'welcome-brand', href: '#/' }, h('span', { class: 'brand-mark' }), words.app.name),
    intro && h('div', { class: 'welcome-intro' },
      h('p', { class: 'welcome-lead', text: words.welcome.heading }), h('p', { text: words.welcome.text })),
    h('section', { class: 'welcome-card' }, h('h1', { text: title }), body));
}
