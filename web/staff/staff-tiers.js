// The account tiers, which staff create, change and delete.

import { api, failureText, path } from '../api.js';
import { h, icon, replace } from '../dom.js';
import { forgetTiers, tiers } from '../tiers.js';
import { confirm } from '../ui/dialog.js';
import { failedState, skeleton } from '../ui/states.js';
import { toast } from '../ui/toast.js';
import { words } from '../words.js';
import { fillStaffPage, staffHead } from './frame.js';
import { factsList } from './tier-facts.js';
import { openTierForm } from './tier-form.js';

/** @typedef {import('../api-types.js').Tier} Tier */

/** The tier that new accounts get. */
const FIRST_TIER = 'basic';

class StaffTiers extends HTMLElement {
  #list = h('div', { class: 'staff-tiers' });

  connectedCallback() {
    const create = h('button', { type: 'button', class: 'button primary', onClick: () => this.#create() },
      icon('plus'), words.staff.newTier);
    const intro = h('div', { class: 'staff-intro' }, h('p', null, words.staff.tiersText), create);
    if (fillStaffPage(this, () => [staffHead('#/staff/tiers'), intro, this.#list])) this.#load();
  }

  async #load() {
    replace(this.#list, skeleton('card', 3));
    await this.#refresh();
  }

  /** Reads the tiers and shows them. Then the card of the tier `focused` has the focus. @param {string} [focused] */
  async #refresh(focused) {
    forgetTiers();
    try {
      replace(this.#list, (await tiers()).map((tier) => this.#card(tier)));
    } catch (error) {
      replace(this.#list, failedState({ error, retry: () => this.#load() }));
    }
    if (focused) this.querySelector(`#tier-${CSS.escape(focused)}`)?.querySelector('button')?.focus();
  }

  /** @param {Tier} tier */
  #card(tier) {
    const { changeTierAction, changeTierOf, deleteAction, deleteTierOf, forNew } = words.staff;
    const problem = h('p', { class: 'staff-problem', role: 'alert', hidden: true });
    const change = { type: 'button', class: 'button', 'aria-label': changeTierOf(tier.name), onClick: () => this.#change(tier) };
    const remove = {
      type: 'button', class: 'button quiet', 'aria-label': deleteTierOf(tier.name), onClick: () => this.#delete(tier, problem),
    };
    const isFirst = tier.id === FIRST_TIER;
    return h('article', { class: 'staff-tier', id: `tier-${tier.id}` },
      h('header', null, h('h2', null, tier.name), isFirst && h('span', { class: 'badge' }, forNew)),
      factsList(tier),
      problem,
      h('footer', null, h('button', change, changeTierAction), !isFirst && h('button', remove, deleteAction)));
  }

  async #create() {
    const created = await openTierForm(null);
    if (created) await this.#changed(created, words.staff.tierCreated(created.name));
  }

  /** @param {Tier} tier */
  async #change(tier) {
    const changed = await openTierForm(tier);
    if (changed) await this.#changed(changed, words.staff.tierSaved(changed.name));
  }

  /**
   * @param {Tier} tier
   * @param {string} text
   */
  async #changed(tier, text) {
    await this.#refresh(tier.id);
    toast(text);
  }

  /**
   * @param {Tier} tier
   * @param {HTMLElement} problem
   */
  async #delete({ id, name }, problem) {
    const { deleteTierTitle, deleteTierText: text, deleteTierAction: action, tierDeleted, tierInUse } = words.staff;
    problem.hidden = true;
    if (!(await confirm({ title: deleteTierTitle(name), text, action, danger: true }))) return;
    try {
      await api.delete(path`/api/account-tiers/${id}`);
      await this.#refresh(FIRST_TIER);
      toast(tierDeleted(name));
    } catch (/** @type {any} */ error) {
      problem.textContent = error.status === 409 ? tierInUse(name) : failureText(error);
      problem.hidden = false;
    }
  }
}

customElements.define('staff-tiers', StaffTiers);
