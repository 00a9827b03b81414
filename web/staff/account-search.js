// The form that finds accounts by the beginning of the name or by address.

import { h, icon } from '../dom.js';
import { words } from '../words.js';

/** @typedef {'username_prefix' | 'email'} Kind */
/** @typedef {{ by: Kind, text: string }} Search */

const PAUSE_MS = 300;
const LONGEST = { username_prefix: 150, email: 320 };

/**
 * Calls `run` when the reader pauses, presses Enter or changes what to search by. Only a whole address finds an account,
 * so a part of one is searched for on Enter only.
 *
 * @param {{ query: { [name: string]: string }, run: (search: Search) => void }} options
 * @returns {{ element: HTMLElement, value: () => Search, stop: () => void }}
 */
export function accountSearch({ query, run }) {
  /** @type {Kind} */
  let by = query.email ? 'email' : 'username_prefix';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const input = h('input', {
    type: 'search', class: 'input staff-find-text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false',
  });
  input.value = query[by] ?? '';

  const value = () => ({ by, text: input.value.trim() });
  let last = value();

  function search() {
    clearTimeout(timer);
    const wanted = value();
    const isSame = wanted.text === last.text && (wanted.by === last.by || !wanted.text);
    last = wanted;
    if (!isSame) run(wanted);
  }

  function soon() {
    clearTimeout(timer);
    const { text } = value();
    if (by === 'email' && text && !isWholeAddress(text)) return;
    timer = setTimeout(search, text ? PAUSE_MS : 0);
  }

  function describe() {
    const prompt = by === 'email' ? words.staff.addressPrompt : words.staff.namePrompt;
    input.placeholder = prompt;
    input.setAttribute('aria-label', prompt);
    input.maxLength = LONGEST[by];
    input.inputMode = by === 'email' ? 'email' : 'text';
  }

  /**
   * @param {Kind} kind
   * @param {string} label
   */
  function choice(kind, label) {
    const choose = () => {
      by = kind;
      describe();
      soon();
    };
    const radio = h('input', { type: 'radio', name: 'by', value: kind, checked: kind === by, onChange: choose });
    return h('label', { class: 'staff-segment' }, radio, h('span', null, label));
  }

  describe();
  input.addEventListener('input', soon);
  const kinds = h('fieldset', { class: 'staff-segments' },
    h('legend', { class: 'visually-hidden' }, words.staff.findBy),
    choice('username_prefix', words.staff.byName),
    choice('email', words.staff.byAddress));
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    search();
  };
  const attributes = { class: 'staff-find', role: 'search', 'aria-label': words.staff.find, onSubmit: submit };
  const element = h('form', attributes, h('div', { class: 'staff-find-box' }, icon('search'), input), kinds);
  return { element, value, stop: () => clearTimeout(timer) };
}

/**
 * What the API takes for a search.
 * @param {Search} search
 * @returns {{ [name: string]: string }}
 */
export function queryOf({ by, text }) {
  return text ? { [by]: text } : {};
}

/** @param {string} text */
function isWholeAddress(text) {
  return /^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/.test(text);
}
