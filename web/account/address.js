// The e-mail address of the account: what it is, its change, and the wait for its verification.

import { h, icon, replace } from '../dom.js';
import { api, failureText } from '../api.js';
import { duration } from '../format.js';
import { session } from '../session.js';
import { field, form } from '../ui/form.js';
import { toast } from '../ui/toast.js';
import { WAIT_SECONDS, waitingButton } from '../ui/waiting-button.js';
import { words } from '../words.js';
import { button, row, statusLine } from './parts.js';
import { pendingAddress } from './pending-address.js';

/** @typedef {import('../api-types.js').Account} Account */

/** The row of the address. */
export class Address {
  element = h('div', { class: 'account-address' });
  #sendsMail = true;
  #status = statusLine();

  /** @param {{ settings: Promise<{ mail: boolean }> }} around */
  constructor({ settings }) {
    this.show();
    settings.then(({ mail }) => {
      this.#sendsMail = mail;
      if (!mail) this.show();
    }, () => {});
  }

  /** @returns {Account} */
  get #user() {
    return session.user.value;
  }

  /** Shows the address as it is now. */
  show() {
    const user = this.#user;
    const pending = pendingAddress.of(user);
    replace(this.element, this.#current(Boolean(pending)), pending ? this.#pending(pending) : null, this.#status);
  }

  /** @param {boolean} isPending */
  #current(isPending) {
    const text = words.account;
    const { email, email_verified: verified } = this.#user;
    const label = text.email;
    const action = this.#sendsMail && !isPending
      ? button(email ? text.changeEmail : text.addEmail, () => this.#edit())
      : null;
    if (!email) {
      const hint = this.#sendsMail ? text.noEmailText : text.noMail;
      return row({ label, value: h('span', { class: 'muted', text: text.noEmail }), hint: isPending ? null : hint, action });
    }
    const state = h('span', { class: verified ? 'badge accent' : 'badge danger' },
      verified ? icon('check') : icon('warning'), verified ? text.verified : text.unverified);
    const current = row({ label, value: [h('span', { text: email }), ' ', state], hint: verified ? null : text.unverifiedText, action });
    if (!verified && !isPending && this.#sendsMail) current.append(this.#resend(email, 0));
    return current;
  }

  #edit() {
    const text = words.account;
    const cancel = button(words.ui.cancel, () => this.#endEdit(), 'quiet');
    const { element } = form({
      fields: [
        field({ name: 'email', label: text.newEmail, type: 'email', hint: text.newEmailHint, autocomplete: 'email', required: true }),
        field({ name: 'current_password', label: text.currentPassword, type: 'password', autocomplete: 'current-password', required: true }),
      ],
      submitLabel: text.sendLink,
      actions: [cancel],
      submit: (values) => this.#change(values),
    });
    this.#status.textContent = '';
    replace(this.element, row({ label: text.email, value: this.#user.email ?? text.noEmail }), element, this.#status);
    /** @type {HTMLElement | null} */ (element.querySelector('input'))?.focus();
  }

  #endEdit() {
    this.show();
    /** @type {HTMLElement | null} */ (this.element.querySelector('button'))?.focus();
  }

  /** @param {Record<string, any>} values */
  async #change({ email, current_password }) {
    const address = email.trim();
    await api.patch('/api/users/me', { email: address, current_password });
    pendingAddress.set(this.#user, address);
    this.show();
    /** @type {HTMLElement | null} */ (this.element.querySelector('.account-pending'))?.focus();
  }

  /** @param {{ email: string, sentAt: number }} pending */
  #pending({ email, sentAt }) {
    const text = words.account;
    const old = this.#user.email;
    const mails = document.querySelector('meta[name="mails"]')?.getAttribute('content');
    const wait = Math.max(0, WAIT_SECONDS - Math.floor((Date.now() - sentAt) / 1000));
    return h('div', { class: 'notice account-pending', tabindex: '-1' }, icon('mail'),
      h('div', { class: 'account-pending-text' },
        h('h3', { text: text.pending(email) }),
        h('p', { text: old ? text.pendingText(old) : text.pendingFirst }),
        mails ? h('p', null, h('a', { href: mails, target: '_blank', rel: 'noopener', text: text.localMails })) : null,
        h('div', { class: 'account-pending-actions' },
          button(text.pendingDone, () => this.check(true)),
          this.#resend(email, wait),
          button(text.pendingStop, () => this.#stop(), 'quiet'))));
  }

  #stop() {
    pendingAddress.clear();
    this.#status.textContent = '';
    this.#endEdit();
  }

  /**
   * Looks whether the link in the mail was opened.
   *
   * @param {boolean} [asked] Whether to say that it was not.
   */
  async check(asked = false) {
    const pending = pendingAddress.of(this.#user);
    if (!pending) return;
    try {
      await session.reload();
    } catch (error) {
      if (asked) this.#status.textContent = failureText(error);
      return;
    }
    if (!this.#user) return;
    if (pendingAddress.of(this.#user)) {
      if (asked) this.#status.textContent = words.account.stillPending;
      return;
    }
    toast(words.account.emailChanged);
    this.#status.textContent = '';
    if (this.element.contains(document.activeElement)) this.#endEdit();
    else this.show();
  }

  /**
   * @param {string} email
   * @param {number} seconds
   */
  #resend(email, seconds) {
    const text = words.account;
    const run = async () => {
      try {
        await api.post('/api/user/resend-verification', { email }, { anonymous: true });
        pendingAddress.sentAgain();
        this.#status.textContent = text.resent;
        return true;
      } catch (error) {
        this.#status.textContent = failureText(error);
        return false;
      }
    };
    return waitingButton({ label: text.resend, waiting: (left) => text.resendIn(duration(left)), seconds, run });
  }
}
