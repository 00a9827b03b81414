// Forms with labels, hints and errors beside each field, and a summary above, as GOV.UK's design system has them.

import { h, icon, iconButton, replace } from '../dom.js';
import { words } from '../words.js';
import { ApiError, failureText } from '../api.js';

let count = 0;

/**
 * @typedef {{ element: HTMLElement, input: any, name: string, label: string, setError: (text: string | null) => void, value: any }} Field
 * @typedef {{ name: string, label: string, type?: string, hint?: string, autocomplete?: string, value?: any,
 *   required?: boolean, options?: { value: string, label: string }[], inputmode?: string, minlength?: number,
 *   maxlength?: number, min?: number, max?: number, step?: number | string, placeholder?: string, rows?: number,
 *   autocapitalize?: string, spellcheck?: string, disabled?: boolean }} FieldOptions
 */

/**
 * A labelled input. `type` is that of an input, or `textarea`, or `select` (with `options`), or `checkbox`. A password
 * has a button that shows it.
 *
 * @param {FieldOptions} options
 * @returns {Field}
 */
export function field({ name, label, type = 'text', hint, options, value, rows, required = false, ...rest }) {
  count += 1;
  const id = `field-${count}`;
  const common = { id, name, required, ...rest };
  const input = /** @type {any} */ (type === 'select'
    ? h('select', common, (options ?? []).map((option) => h('option', { value: option.value, text: option.label })))
    : type === 'textarea' ? h('textarea', { rows: rows ?? 3, ...common }) : h('input', { type, ...common }));
  const parts = {
    label: h('label', { for: id, text: label }),
    hint: hint ? h('p', { class: 'field-hint', id: `${id}-hint`, text: hint }) : null,
    error: h('p', { class: 'field-error', id: `${id}-error`, hidden: true }),
  };
  const element = type === 'checkbox'
    ? h('div', { class: 'field field-checkbox' }, h('div', { class: 'field-check' }, input, parts.label), parts.hint, parts.error)
    : h('div', { class: 'field' }, parts.label, parts.hint, parts.error,
      type === 'password' ? h('div', { class: 'field-password' }, input, revealButton()) : input);
  const made = fieldOf(element);
  if (value !== undefined && value !== null) made.value = value;
  return made;
}

function revealButton() {
  // No tooltip: the label changes.
  return iconButton('eye', words.welcome.showPassword, null, { class: 'field-reveal', title: null });
}

/**
 * The field whose markup is in `element`: a label, an input, perhaps a hint, a line for errors, a button that reveals.
 * @param {HTMLElement} element
 * @returns {Field}
 */
export function fieldOf(element) {
  const input = /** @type {HTMLInputElement} */ (element.querySelector('input, select, textarea'));
  const error = /** @type {HTMLElement} */ (element.querySelector('.field-error'));
  const hint = element.querySelector('.field-hint');
  const isCheckbox = input.type === 'checkbox';
  const reveal = element.querySelector('.field-reveal');
  if (reveal) makeReveal(reveal, input);

  const describe = () => {
    const ids = [hint?.id, error.hidden ? null : error.id].filter(Boolean);
    if (ids.length > 0) input.setAttribute('aria-describedby', ids.join(' '));
    else input.removeAttribute('aria-describedby');
  };
  describe();
  return {
    element,
    input,
    name: input.name,
    label: element.querySelector('label')?.textContent ?? '',
    setError(text) {
      error.textContent = text ?? '';
      error.hidden = !text;
      element.classList.toggle('invalid', Boolean(text));
      if (text) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
      describe();
    },
    get value() {
      return isCheckbox ? input.checked : input.value;
    },
    set value(next) {
      if (isCheckbox) input.checked = Boolean(next);
      else input.value = String(next);
    },
  };
}

/**
 * @param {Element} button
 * @param {HTMLInputElement} input
 */
function makeReveal(button, input) {
  button.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-label', shown ? words.welcome.hidePassword : words.welcome.showPassword);
    replace(button, icon(shown ? 'eye-off' : 'eye'));
  });
}

/**
 * A form. While `submit` runs, its button is off, so that a double click sends once. An `ApiError` that it throws
 * appears beside the fields it names; what names no field of the form appears in the summary, as do other errors.
 *
 * @param {{ fields: (Field | Node)[], submitLabel: string, submit: (values: Record<string, any>) => unknown, class?: string,
 *   danger?: boolean, actions?: Node[] }} options
 */
export function form({ fields, submitLabel, submit, class: className = '', danger = false, actions = [] }) {
  const element = h('form', { class: `form ${className}`, method: 'dialog', novalidate: true },
    h('div', { class: 'error-summary', role: 'alert', tabindex: '-1', hidden: true }),
    fields.map((entry) => (entry instanceof Node ? entry : entry.element)),
    h('div', { class: 'form-actions' },
      h('button', { class: `button ${danger ? 'danger' : 'primary'}`, type: 'submit' }, h('span', { text: submitLabel })),
      actions));
  return formOf(element, /** @type {Field[]} */ (fields.filter((entry) => !(entry instanceof Node))), submit);
}

/**
 * The form whose markup is in `element`: an error summary, fields, a button that submits.
 * @param {HTMLFormElement} element
 * @param {Field[]} fields
 * @param {(values: Record<string, any>) => unknown} submit
 */
export function formOf(element, fields, submit) {
  const summary = /** @type {HTMLElement} */ (element.querySelector('.error-summary'));
  const button = /** @type {HTMLButtonElement} */ (element.querySelector('button[type=submit]'));
  let busy = false;

  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) return;
    clear();
    const missing = fields.filter(({ input, value }) => input.required && !value);
    if (missing.length > 0) return show(missing.map((entry) => [entry, words.errors['This field is required.'] ?? '']));
    setBusy(true);
    try {
      await submit(Object.fromEntries(fields.map((entry) => [entry.name, entry.value])));
    } catch (error) {
      if (error instanceof ApiError) showApiError(error);
      else show([], [failureText(error)]);
    } finally {
      setBusy(false);
    }
  });

  /** @param {boolean} now */
  function setBusy(now) {
    busy = now;
    button.setAttribute('aria-disabled', String(now));
    button.classList.toggle('busy', now);
  }

  function clear() {
    summary.hidden = true;
    for (const entry of fields) entry.setError(null);
  }

  /** @param {ApiError} error */
  function showApiError(error) {
    /** @type {[Field, string][]} */
    const own = [];
    const other = [];
    for (const [name, texts] of Object.entries(error.fields)) {
      const entry = fields.find((candidate) => candidate.name === name);
      if (entry) own.push([entry, texts.join(' ')]);
      else other.push(...texts);
    }
    show(own, own.length + other.length > 0 ? other : [error.message]);
  }

  /**
   * Shows problems of fields, and others, and moves the focus to them.
   * @param {[Field, string][]} own
   * @param {(string | Node | (string | Node)[])[]} [other]
   */
  function show(own, other = []) {
    for (const [entry, text] of own) entry.setError(text);
    const links = own.map(([entry, text]) => {
      const onClick = (/** @type {Event} */ event) => {
        event.preventDefault();
        entry.input.focus();
      };
      return h('li', null, h('a', { href: `#${entry.input.id}`, onClick, text: `${entry.label}: ${text}` }));
    });
    if (links.length === 0 && other.length === 1) {
      replace(summary, h('p', null, other[0]));
    } else {
      replace(summary,
        h('h2', { text: words.form.problems(links.length + other.length) }),
        h('ul', null, links, other.map((text) => h('li', null, text))));
    }
    summary.hidden = false;
    summary.focus();
  }

  return { element, summary, button, clear, showError: (/** @type {string | Node | (string | Node)[]} */ text) => show([], [text]) };
}
