// The change of the password.

import { h, replace } from '../dom.js';
import { api } from '../api.js';
import { session } from '../session.js';
import { field, form } from '../ui/form.js';
import { words } from '../words.js';
import { button, row, section, statusLine } from './parts.js';

/**
 * @param {{ onChanged: () => void }} around
 */
export function passwordSection({ onChanged }) {
  const text = words.account;
  const content = h('div', { class: 'account-form-place' });
  const status = statusLine();

  function show() {
    replace(content, row({ value: text.passwordText, action: button(text.changePassword, edit) }));
  }

  function close() {
    show();
    /** @type {HTMLElement | null} */ (content.querySelector('button'))?.focus();
  }

  function edit() {
    status.textContent = '';
    const { element } = form({
      fields: [
        // Password managers find out by it which of their passwords changes.
        h('input', { class: 'visually-hidden', type: 'text', autocomplete: 'username', value: session.user.value.username, tabindex: '-1', 'aria-hidden': 'true', readonly: true }),
        field({ name: 'current_password', label: text.currentPassword, type: 'password', autocomplete: 'current-password', required: true }),
        field({ name: 'new_password', label: text.newPassword, type: 'password', hint: text.newPasswordHint, autocomplete: 'new-password', required: true }),
      ],
      submitLabel: text.changePassword,
      actions: [button(words.ui.cancel, close, 'quiet')],
      async submit({ current_password, new_password }) {
        await api.post('/api/users/me/password', { current_password, new_password });
        close();
        status.textContent = text.passwordChanged;
        onChanged();
      },
    });
    replace(content, element);
    /** @type {HTMLElement | null} */ (element.querySelector('input[type=password]'))?.focus();
  }

  show();
  return section({ title: text.security }, content, status);
}
