// The accounts of the deployment, newest first, and those that match a search.

import { h, replace } from '../dom.js';
import { emptyState } from '../ui/states.js';
import { words } from '../words.js';
import { accountRow, accountTable } from './account-table.js';
import { accountSearch, queryOf } from './account-search.js';
import { fillStaffPage, showNothing, staffHead } from './frame.js';
import { pagedList } from './paged-list.js';

/** @typedef {import('./account-search.js').Search} Search */

class StaffAccounts extends HTMLElement {
  /** @type {{ [name: string]: string }} */
  #query = {};
  /** @type {ReturnType<typeof accountSearch> | null} */
  #search = null;
  /** @type {ReturnType<typeof pagedList> | null} */
  #list = null;
  #results = h('div');
  #status = h('p', { class: 'visually-hidden', role: 'status' });

  /** The router sets it again if the address changes. @param {{ [name: string]: string }} query */
  set query(query) {
    if (toText(query) === toText(this.#query)) return;
    this.#query = query;
    if (this.isConnected) this.#fill();
  }

  connectedCallback() {
    this.#fill();
  }

  #fill() {
    this.leave();
    const search = accountSearch({ query: this.#query, run: (wanted) => this.#find(wanted) });
    this.#search = search;
    if (fillStaffPage(this, () => [staffHead('#/staff'), search.element, this.#status, this.#results])) {
      this.#find(search.value());
    }
  }

  /** @param {Search} search */
  #find(search) {
    const query = queryOf(search);
    this.#query = query;
    history.replaceState(history.state, '', `#/staff${toText(query)}`);
    this.#list?.stop();
    const { table, rows } = accountTable();
    this.#list = pagedList({
      path: '/api/users',
      query,
      table,
      rows,
      row: accountRow,
      empty: () => emptyState({ icon: 'search', title: words.staff.nobody, text: textForNobody(search) }),
      counted: (count, complete) => {
        this.#status.textContent = words.staff.found(count, complete);
      },
      refused: (error) => this.#refused(error),
    });
    replace(this.#results, this.#list.element);
  }

  /** @param {any} error */
  #refused(error) {
    if (error.status !== 404) return null;
    // The user is not staff any more.
    showNothing(this);
    return document.createComment('');
  }

  leave() {
    this.#search?.stop();
    this.#list?.stop();
  }
}

/** @param {Search} search */
function textForNobody({ by, text }) {
  if (!text) return '';
  return by === 'email' ? words.staff.nobodyAt(text) : words.staff.nobodyNamed(text);
}

/** @param {{ [name: string]: string }} query */
function toText(query) {
  const text = String(new URLSearchParams(query));
  return text && `?${text}`;
}

customElements.define('staff-accounts', StaffAccounts);
