// Moves an account to another tier.

import { api, path } from '../api.js';
import { h, replace } from '../dom.js';
import { tiers } from '../tiers.js';
import { field, form } from '../ui/form.js';
import { failedState, skeleton } from '../ui/states.js';
import { toast } from '../ui/toast.js';
import { words } from '../words.js';
import { factsList, warningsFor } from './tier-facts.js';

/** @typedef {import('../api-types.js').StaffAccount} Account */
/** @typedef {import('../api-types.js').Tier} Tier */

/**
 * @param {Account} account
 * @param {(changed: Account) => void} changed
 * @returns {HTMLElement}
 */
export function tierSection(account, changed) {
  const body = h('div', { class: 'staff-control-body' });
  const load = async () => {
    replace(body, skeleton('text', 3));
    try {
      replace(body, tierForm(account, await tiers(), changed));
    } catch (error) {
      replace(body, failedState({ error, retry: load }));
    }
  };
  load();
  return h('section', { class: 'staff-control', 'aria-labelledby': 'staff-tier-heading' },
    h('h2', { id: 'staff-tier-heading' }, words.staff.tier), body);
}

/**
 * @param {Account} account
 * @param {Tier[]} all
 * @param {(changed: Account) => void} changed
 */
function tierForm(account, all, changed) {
  let { tier: current } = account;
  const options = all.map(({ name }) => ({ value: name, label: name }));
  const choice = field({ name: 'tier', label: words.staff.tierOf(account.username), type: 'select', options, value: current });
  const facts = h('div', { class: 'staff-tier-facts', 'aria-live': 'polite' });

  function describe() {
    const tier = all.find(({ name }) => name === choice.value);
    button.disabled = choice.value === current;
    if (!tier) return;
    const warnings = button.disabled ? [] : warningsFor(tier, account.used_bytes);
    replace(facts, factsList(tier), warnings.map((warning) => h('p', { class: 'staff-warning' }, warning)));
  }

  /** @param {{ tier?: string }} values */
  async function submit({ tier }) {
    const result = await api.patch(path`/api/users/${account.id}`, { tier });
    current = result.tier;
    // The button has nothing to do now, and a disabled one would lose the focus.
    choice.input.focus();
    describe();
    toast(words.staff.tierChanged(result.username, result.tier));
    changed(result);
  }

  const { element, button } = form({ fields: [choice, facts], submitLabel: words.staff.changeTier, submit });
  choice.input.addEventListener('change', describe);
  describe();
  return element;
}
