// Signing out, and the deletion of the account.

import { h, replace } from '../dom.js';
import { api, failureText } from '../api.js';
import { bytes } from '../format.js';
import { session } from '../session.js';
import { confirm, openDialog } from '../ui/dialog.js';
import { field, form } from '../ui/form.js';
import { words } from '../words.js';
import { button, row, section, statusLine } from './parts.js';

/** The section with both ways to sign out. */
export function signOutSection() {
  const text = words.account;
  const status = statusLine();

  async function everywhere() {
    status.textContent = '';
    if (!(await confirm({ title: text.everywhereTitle, text: text.everywhereText, action: text.signOutEverywhere }))) return;
    try {
      await session.signOut({ everywhere: true });
    } catch (error) {
      status.textContent = failureText(error);
    }
  }

  return section({ title: text.signOutTitle },
    row({ value: text.signOutText, action: button(text.signOut, () => session.signOut()) }),
    row({ value: text.everywhereRow, action: button(text.signOutEverywhere, everywhere) }), status);
}

/** The section that deletes the account. */
export function deletionSection() {
  const text = words.account;
  return section({ title: text.delete, class: 'account-danger' },
    row({ value: text.deleteText, action: button(text.deleteAction, askForDeletion, 'account-delete') }));
}

function askForDeletion() {
  const text = words.account;
  const { username, used_bytes: used } = session.user.value;
  let deleted = false;
  const goes = [
    used > 0 ? text.deleteFiles(bytes(used)) : text.deleteNothing,
    text.deleteLinks, text.deleteRecords, text.deleteSessions, text.deleteName(username),
  ];
  const password = field({ name: 'password', label: text.deletePassword, type: 'password', autocomplete: 'current-password', required: true });
  const { element } = form({
    fields: [password],
    submitLabel: text.deleteConfirm,
    danger: true,
    actions: [button(words.ui.cancel, () => dialog.close(), 'quiet')],
    async submit(values) {
      await api.delete('/api/users/me', { body: { password: values.password } });
      deleted = true;
      if (!dialog.element.isConnected) return session.forget();
      /** @type {HTMLElement} */ (dialog.element.querySelector('h2')).textContent = text.deleted;
      replace(dialog.body, h('p', { role: 'status', text: text.deletedText }), button(words.ui.ok, () => dialog.close(), 'primary'));
      /** @type {HTMLElement | null} */ (dialog.body.querySelector('button'))?.focus();
    },
  });
  const dialog = openDialog({
    title: text.deleteTitle,
    body: [h('p', { text: text.deleteLead }), h('ul', { class: 'account-goes' }, goes.map((one) => h('li', { text: one }))), h('p', { class: 'muted', text: text.deleteWhen }), element],
    onClose: () => {
      if (deleted) session.forget();
    },
  });
  password.input.focus();
}
