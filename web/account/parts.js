// The parts that every section of the account page is made of.

import { h } from '../dom.js';

/** @typedef {import('../dom.js').Child} Child */

let count = 0;

/**
 * A section with its heading beside or above its content.
 *
 * @param {{ title: string, text?: string, class?: string }} heading
 * @param {...Child} content
 */
export function section({ title, text, class: name = '' }, ...content) {
  count += 1;
  const id = `account-section-${count}`;
  return h('section', { class: `account-section ${name}`, 'aria-labelledby': id },
    h('div', { class: 'account-section-head' }, h('h2', { id, text: title }), text ? h('p', { text }) : null),
    h('div', { class: 'account-card' }, ...content));
}

/**
 * A row of a card: what it is, its value, and what can be done with it.
 *
 * @param {{ label?: Child, value: Child, hint?: Child, action?: Child }} parts
 */
export function row({ label, value, hint, action }) {
  return h('div', { class: 'account-row' },
    h('div', { class: 'account-row-text' },
      label ? h('p', { class: 'account-row-label' }, label) : null,
      h('div', { class: 'account-row-value' }, value),
      hint ? h('p', { class: 'account-row-hint' }, hint) : null),
    action ? h('div', { class: 'account-row-action' }, action) : null);
}

/**
 * @param {string} label
 * @param {() => unknown} run
 * @param {string} [kind]
 */
export function button(label, run, kind = '') {
  return h('button', { type: 'button', class: `button ${kind}`, text: label, onClick: run });
}

/** A line that screen readers read out when its text changes. */
export function statusLine() {
  return h('p', { class: 'account-status', role: 'status' });
}
