// The table of accounts.

import { path } from '../api.js';
import { h } from '../dom.js';
import { bytes, date, dateTime } from '../format.js';
import { session } from '../session.js';
import { words } from '../words.js';

/** @typedef {import('../api-types.js').StaffAccount} Account */

/**
 * An empty table. Narrow windows show each row as a card, which needs the roles: CSS takes them from a table.
 * @returns {{ table: HTMLElement, rows: HTMLElement }}
 */
export function accountTable() {
  const { name, address, tier, space, created, state } = words.staff;
  const heads = [name, address, tier, space, created, state].map((text) =>
    h('th', { scope: 'col', role: 'columnheader' }, text));
  const rows = h('tbody', { role: 'rowgroup' });
  const table = h('table', { class: 'staff-table staff-accounts-table', role: 'table', 'aria-label': words.staff.accounts },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, heads)), rows);
  return { table, rows };
}

/**
 * @param {Account} account
 * @returns {HTMLElement}
 */
export function accountRow(account) {
  const link = h('a', { class: 'staff-row-link', href: path`#/staff/${account.id}` }, account.username);
  return h('tr', { role: 'row', class: 'staff-row' },
    cell('name', h('span', { class: 'staff-name' }, link, badges(account))),
    cell('address', address(account)),
    cell('tier', account.tier),
    cell('space', space(account)),
    cell('created', h('time', { datetime: account.created_at, title: dateTime(account.created_at) }, date(account.created_at))),
    cell('state', stateBadge(account)));
}

/**
 * @param {Account} account
 * @returns {HTMLElement[]}
 */
export function badges(account) {
  const all = [];
  if (account.is_staff) all.push(h('span', { class: 'badge' }, words.staff.isStaff));
  if (account.id === session.user.value?.id) all.push(h('span', { class: 'badge' }, words.staff.you));
  return all;
}

/** @param {Account} account */
export function stateBadge({ is_active: isOpen }) {
  return h('span', { class: `badge ${isOpen ? '' : 'danger'}` }, isOpen ? words.staff.open : words.staff.closed);
}

/** @param {Account} account */
export function address({ email, email_verified: isVerified }) {
  if (!email) return h('span', { class: 'staff-muted' }, words.staff.noAddress);
  const state = isVerified ? words.staff.verified : words.staff.notVerified;
  return [h('span', { class: 'staff-address' }, email), h('span', { class: isVerified ? 'staff-muted' : 'staff-warn' }, state)];
}

/** @param {Account} account */
export function space({ used_bytes: used, max_total_bytes: total }) {
  const share = total ? Math.min(1, used / total) : 1;
  const bar = h('span', { class: 'staff-bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(share));
  bar.classList.toggle('full', used >= total);
  return [h('span', { class: 'staff-number' }, words.staff.spaceOf(bytes(used), bytes(total))), bar];
}

/**
 * @param {string} kind
 * @param {...import('../dom.js').Child} children
 */
function cell(kind, ...children) {
  return h('td', { role: 'cell', class: `staff-cell-${kind}` }, ...children);
}
