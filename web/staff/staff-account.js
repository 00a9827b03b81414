// One account, for staff: its tier, whether it is open, and what it stores.

import { api, path } from '../api.js';
import { h, icon, replace } from '../dom.js';
import { emptyState, failedState, skeleton } from '../ui/states.js';
import { words } from '../words.js';
import { accessSection } from './account-access.js';
import { contentSection } from './account-content.js';
import { accountFacts } from './account-facts.js';
import { badges, stateBadge } from './account-table.js';
import { tierSection } from './account-tier.js';
import { fillStaffPage } from './frame.js';

/** @typedef {import('../api-types.js').StaffAccount} Account */

class StaffAccount extends HTMLElement {
  #id = '';
  #abort = new AbortController();
  #body = h('div', { class: 'staff-account' });
  /** @type {(() => void) | null} */
  #stopContent = null;

  /** The router sets it again if the address names another account. @param {{ id: string }} params */
  set params({ id }) {
    if (id === this.#id) return;
    this.#id = id;
    if (this.isConnected) this.#load();
  }

  connectedCallback() {
    const back = h('a', { class: 'staff-back', href: '#/staff' }, icon('chevron-left'), words.staff.back);
    if (fillStaffPage(this, () => [back, this.#body])) this.#load();
  }

  async #load() {
    this.leave();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    replace(this.#body, skeleton('card', 3));
    try {
      this.#show(await api.get(path`/api/users/${this.#id}`, { signal }));
    } catch (/** @type {any} */ error) {
      if (signal.aborted) return;
      const { noAccount, noAccountText } = words.staff;
      if (error.status === 404) replace(this.#body, emptyState({ icon: 'user', title: noAccount, text: noAccountText }));
      else replace(this.#body, failedState({ error, retry: () => this.#load() }));
    }
  }

  /** @param {Account} account */
  #show(account) {
    const head = h('header', { class: 'staff-account-head' });
    const facts = h('div');
    const content = contentSection(account);
    this.#stopContent = content.stop;
    const show = (/** @type {Account} */ changed) => {
      replace(head, h('h1', null, changed.username), badges(changed), stateBadge(changed));
      replace(facts, accountFacts(changed));
    };
    const access = accessSection(account, show);
    const tier = tierSection(account, (changed) => {
      show(changed);
      access.update(changed);
    });
    show(account);
    replace(this.#body, head, facts, h('div', { class: 'staff-controls' }, tier, access.element), content.element);
  }

  leave() {
    this.#abort.abort();
    this.#stopContent?.();
  }
}

customElements.define('staff-account', StaffAccount);
