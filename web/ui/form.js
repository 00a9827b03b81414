// Forms with labels, hints and errors beside each field, and a summary above, as GOV.UK's design system has them.

import { h, icon } from '../dom.js';
import { words } from '../words.js';
import { ApiError } from '../api.js';

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
  const described = hint ? `${id}-hint` : null;
  const common = { id, name, required, 'aria-describedby': described, ...rest };
  const input = /** @type {any} */ (type === 'select'
    ? h('select', common, (options ?? []).map((option) => h('option', { value: option.value, text: option.label })))
    : type === 'textarea' ? h('textarea', { rows: rows ?? 3, ...common }) : h('input', { type, ...common }));
  if (type === 'checkbox') input.checked = Boolean(value);
  else if (value !== undefined && value !== null) input.value = value;
  const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  const hintElement = hint && h('p', { class: 'field-hint', id: `${id}-hint`, text: hint });
  const labelElement = h('label', { for: id, text: label });
  const element = type === 'checkbox'
    ? h('div', { class: 'field field-checkbox' }, h('div', { class: 'field-check' }, input, labelElement), hintElement, error)
    : h('div', { class: 'field' }, labelElement, hintElement, error, type === 'password' ? withReveal(input) : input);
  return {
    element,
    input,
    name,
    label,
    setError(text) {
      error.textContent = text ?? '';
      error.hidden = !text;
      element.classList.toggle('invalid', Boolean(text));
      if (text) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
      const ids = [described, text && `${id}-error`].filter(Boolean).join(' ');
      if (ids) input.setAttribute('aria-describedby', ids);
      else input.removeAttribute('aria-describedby');
    },
    get value() {
      return type === 'checkbox' ? input.checked : input.value;
    },
    set value(next) {
      if (type === 'checkbox') input.checked = Boolean(next);
      else input.value = next;
    },
  };
}

/** @param {HTMLInputElement} input */
function withReveal(input) {
  const button = h('button', { class: 'icon-button field-reveal', type: 'button' });
  const show = (/** @type {boolean} */ shown) => {
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-label', shown ? words.welcome.hidePassword : words.welcome.showPassword);
    button.replaceChildren(icon(shown ? 'eye-off' : 'eye'));
  };
  button.addEventListener('click', () => show(input.type === 'password'));
  show(false);
  return h('div', { class: 'field-password' }, input, button);
}

/**
 * A form. While `submit` runs, its button is disabled, so that a double click sends once. An `ApiError` that it throws
 * appears beside the fields it names; what names no field of the form appears in the summary.
 *
 * @param {{ fields: (Field | Node)[], submitLabel: string, submit: (values: Record<string, any>) => unknown, class?: string,
 *   danger?: boolean, actions?: Node[] }} options
 */
export function form({ fields, submitLabel, submit, class: className = '', danger = false, actions = [] }) {
  const inputs = /** @type {Field[]} */ (fields.filter((entry) => !(entry instanceof Node)));
  const summary = h('div', { class: 'error-summary', role: 'alert', tabindex: '-1', hidden: true });
  const button = h('button', { class: `button ${danger ? 'danger' : 'primary'}`, type: 'submit' }, h('span', { text: submitLabel }));
  let busy = false;

  const onSubmit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy) return;
    clear();
    const missing = inputs.filter(({ input }) => input.required && !(input.type === 'checkbox' ? input.checked : input.value));
    if (missing.length > 0) {
      show(missing.map((entry) => [entry, words.errors['This field is required.'] ?? '']), []);
      return;
    }
    setBusy(true);
    try {
      await submit(Object.fromEntries(inputs.map((entry) => [entry.name, entry.value])));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      showApiError(error);
    } finally {
      setBusy(false);
    }
  };

  /** @param {boolean} now */
  function setBusy(now) {
    busy = now;
    button.setAttribute('aria-disabled', String(now));
    button.classList.toggle('busy', now);
  }

  function clear() {
    summary.hidden = true;
    for (const entry of inputs) entry.setError(null);
  }

  /** @param {ApiError} error */
  function showApiError(error) {
    /** @type {[Field, string][]} */
    const own = [];
    const other = [];
    for (const [name, texts] of Object.entries(error.fields)) {
      const entry = inputs.find((candidate) => candidate.name === name);
      if (entry) own.push([entry, texts.join(' ')]);
      else other.push(...texts);
    }
    show(own, own.length + other.length > 0 ? other : [error.message]);
  }

  /**
   * @param {[Field, string][]} own
   * @param {(string | Node)[]} other
   */
  function show(own, other) {
    for (const [entry, text] of own) entry.setError(text);
    const links = own.map(([entry, text]) => {
      const onClick = (/** @type {Event} */ event) => {
        event.preventDefault();
        entry.input.focus();
      };
      return h('li', null, h('a', { href: `#${entry.input.id}`, onClick, text: `${entry.label}: ${text}` }));
    });
    const single = own.length === 0 && other.length === 1;
    summary.replaceChildren(...(single
      ? [h('p', null, other[0])]
      : [h('h2', { text: words.form.problems(own.length + other.length) }),
        h('ul', null, links, other.map((text) => h('li', null, text)))]));
    summary.hidden = false;
    summary.focus();
  }

  const element = h('form', { class: `form ${className}`, novalidate: true, onSubmit },
    summary,
    fields.map((entry) => (entry instanceof Node ? entry : entry.element)),
    h('div', { class: 'form-actions' }, button, actions));
  return { element, summary, button, clear, showError: (/** @type {string | Node} */ text) => show([], [text]) };
}
