// Closes an account and reopens it.

import { api, failureText, path } from '../api.js';
import { h } from '../dom.js';
import { session } from '../session.js';
import { confirm } from '../ui/dialog.js';
import { toast } from '../ui/toast.js';
import { words } from '../words.js';

/** @typedef {import('../api-types.js').StaffAccount} Account */

/**
 * @param {Account} account
 * @param {(changed: Account) => void} changed
 * @returns {{ element: HTMLElement, update: (account: Account) => void }}
 */
export function accessSection(account, changed) {
  let current = account;
  const text = h('p');
  const problem = h('p', { class: 'staff-problem', role: 'alert', hidden: true });
  const button = h('button', { type: 'button', onClick: ask });

  /** @param {Account} next */
  function update(next) {
    current = next;
    const { closeAction, closeText, reopenAction, reopenText } = words.staff;
    text.textContent = next.is_active ? closeText : reopenText;
    button.textContent = next.is_active ? closeAction : reopenAction;
    button.className = `button ${next.is_active ? 'danger' : 'primary'}`;
  }

  async function ask() {
    if (button.hasAttribute('aria-disabled')) return;
    const question = current.is_active ? closing(current) : reopening(current);
    if (await confirm(question)) await change({ is_active: !current.is_active });
  }

  /** @param {{ is_active: boolean }} fields */
  async function change(fields) {
    button.setAttribute('aria-disabled', 'true');
    problem.hidden = true;
    try {
      const result = await api.patch(path`/api/users/${current.id}`, fields);
      toast((result.is_active ? words.staff.reopened : words.staff.hasClosed)(result.username));
      update(result);
      changed(result);
      // Closing your own account signs you out.
      if (isOwn(result)) await session.reload();
    } catch (/** @type {any} */ error) {
      problem.textContent = failureText(error);
      problem.hidden = false;
    } finally {
      button.removeAttribute('aria-disabled');
    }
  }

  update(account);
  const element = h('section', { class: 'staff-control', 'aria-labelledby': 'staff-access-heading' },
    h('h2', { id: 'staff-access-heading' }, words.staff.access),
    h('div', { class: 'staff-control-body' }, text, problem, h('div', null, button)));
  return { element, update };
}

/** @param {Account} account */
function closing(account) {
  const { closeTitle, closeAction: action, closeWarning, closeOwn } = words.staff;
  const text = isOwn(account) ? closeOwn : closeWarning(account.username);
  return { title: closeTitle(account.username), text, action, danger: true };
}

/** @param {Account} account */
function reopening({ username }) {
  const { reopenTitle, reopenAction: action, reopenWarning } = words.staff;
  return { title: reopenTitle(username), text: reopenWarning(username), action };
}

/** @param {Account} account */
function isOwn({ id }) {
  return id === session.user.value?.id;
}
