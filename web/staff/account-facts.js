// What staff see of an account.

import { fact, h } from '../dom.js';
import { bytes, dateTime } from '../format.js';
import { words } from '../words.js';
import { address, space } from './account-table.js';

/** @typedef {import('../api-types.js').StaffAccount} Account */

/**
 * @param {Account} account
 * @returns {HTMLElement}
 */
export function accountFacts(account) {
  const { address: addressLabel, space: spaceLabel, created, id, kept, tier } = words.staff;
  return h('dl', { class: 'staff-facts' },
    fact(addressLabel, address(account)),
    fact(tier, account.tier),
    fact(spaceLabel, space(account)),
    account.kept_bytes > 0 && fact(kept, bytes(account.kept_bytes)),
    fact(created, h('time', { datetime: account.created_at }, dateTime(account.created_at))),
    fact(id, h('code', { class: 'staff-id' }, account.id)));
}
