// Modal dialogs on the native element, which keeps the focus inside and returns it.

import { h, iconButton } from '../dom.js';
import { failureText } from '../api.js';
import { words } from '../words.js';
import { backCloses } from './back-button.js';
import { lockScroll } from './scroll-lock.js';

let count = 0;

/**
 * @typedef {{ label: string, run?: () => unknown, primary?: boolean, danger?: boolean }} Action
 * @typedef {{ close: () => void, element: HTMLDialogElement, body: HTMLElement }} Opened
 */

/**
 * Opens a dialog. Escape, the back button, its cross and a click beside it close it. An action closes it unless its
 * `run` returns false (or a promise of false) or fails, which the dialog tells. The address of a `routed` dialog is its
 * own, so that the back button changes the address, and the place that the address names closes the dialog.
 *
 * @param {{ title: import('../dom.js').Child, body: any, actions?: Action[], onClose?: () => void,
 *   size?: 'small' | 'medium' | 'large' | 'full', routed?: boolean }} options
 * @returns {Opened}
 */
export function openDialog({ title, body, actions = [], onClose, size = 'medium', routed = false }) {
  count += 1;
  const labelId = `dialog-${count}`;
  const content = h('div', { class: 'dialog-body' }, body);
  const close = () => {
    if (element.open) element.close();
  };
  const problem = h('p', { class: 'dialog-problem field-error', role: 'alert', hidden: true });
  const buttons = actions.map(({ label, run, primary, danger }) => {
    const kind = danger ? 'danger' : primary ? 'primary' : '';
    const onClick = async () => {
      // Not `disabled`, which would take the focus away.
      if (button.getAttribute('aria-disabled') === 'true') return;
      button.setAttribute('aria-disabled', 'true');
      problem.hidden = true;
      try {
        if ((await run?.()) !== false) close();
      } catch (error) {
        problem.textContent = failureText(error);
        problem.hidden = false;
      } finally {
        button.setAttribute('aria-disabled', 'false');
      }
    };
    const button = h('button', { class: `button ${kind}`, type: 'button', onClick, text: label });
    return button;
  });
  const element = h('dialog', { class: `dialog dialog-${size}`, 'aria-labelledby': labelId },
    h('div', { class: 'dialog-box' },
      h('div', { class: 'dialog-head' },
        // The first focus, so that a screen reader begins here, whatever arrives below later.
        h('h2', { id: labelId, tabindex: '-1', autofocus: true }, title),
        iconButton('close', words.ui.close, close)),
      content,
      problem,
      buttons.length > 0 && h('div', { class: 'dialog-actions' }, buttons)));
  const back = routed ? () => {} : backCloses(count, close);
  element.addEventListener('mousedown', (event) => {
    // The second half of a double click is not meant for what is beside the dialog: it may have shrunk under the pointer.
    if (event.target === element && event.detail < 2) close();
  });
  const unlock = size === 'full' ? lockScroll() : null;
  element.addEventListener('close', () => {
    unlock?.();
    back();
    element.remove();
    onClose?.();
  });
  document.body.append(element);
  element.showModal();
  return { close, element, body: content };
}

/**
 * Asks a question. Resolves to whether the person chose the action.
 * @param {{ title: string, text: string, action: string, danger?: boolean }} question
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, action, danger = false }) {
  return new Promise((resolve) => {
    let chosen = false;
    openDialog({
      title,
      body: h('p', { text }),
      size: 'small',
      actions: [
        { label: words.ui.cancel },
        { label: action, danger, primary: !danger, run: () => { chosen = true; } },
      ],
      onClose: () => resolve(chosen),
    });
  });
}

