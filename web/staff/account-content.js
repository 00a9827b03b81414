// The files and images of an account, which staff may delete.

import { api, path } from '../api.js';
import { h, replace } from '../dom.js';
import { emptyState } from '../ui/states.js';
import { confirm } from '../ui/dialog.js';
import { toast } from '../ui/toast.js';
import { words } from '../words.js';
import { contentRow } from './content-row.js';
import { pagedList } from './paged-list.js';

/** @typedef {import('../api-types.js').StaffAccount} Account */
/** @typedef {import('../api-types.js').StaffFile | import('../api-types.js').StaffImage} Item */
/** @typedef {'files' | 'images'} Kind */

/**
 * @param {Account} account
 * @returns {{ element: HTMLElement, stop: () => void }}
 */
export function contentSection(account) {
  /** @type {ReturnType<typeof pagedList> | null} */
  let list = null;
  const panel = h('div', { class: 'staff-content-list' });
  const choices = kindChoice((kind) => show(kind));

  /** @param {Kind} kind */
  function show(kind) {
    list?.stop();
    const rows = h('ul', { class: 'staff-content', 'aria-label': words.staff[kind] });
    const [title, icon] = kind === 'files' ? [words.staff.noFiles, 'file'] : [words.staff.noImages, 'photos'];
    list = pagedList({
      path: path`/api/users/${account.id}/${kind}`,
      table: rows,
      rows,
      row: (/** @type {Item} */ item) => contentRow(item, (row) => remove(kind, item, row)),
      empty: () => emptyState({ icon, title }),
    });
    replace(panel, list.element);
  }

  /**
   * @param {Kind} kind
   * @param {Item} item
   * @param {HTMLElement} row
   */
  async function remove(kind, item, row) {
    const { deleteTitle, deleteText, deleteAction: action, deleted } = words.staff;
    const text = deleteText(account.username, item.links);
    if (!(await confirm({ title: deleteTitle(item.title), text, action, danger: true }))) return;
    try {
      await api.delete(path`/api/users/${account.id}/${kind}/${item.id}`);
    } catch (/** @type {any} */ error) {
      // Deleted meanwhile: what was wanted is done.
      if (error.status !== 404) throw error;
    }
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    list?.remove(row);
    toast(deleted(item.title));
    /** @type {HTMLElement} */ (neighbour?.querySelector('button') ?? choices.querySelector(':checked'))?.focus();
  }

  show('files');
  const heading = h('h2', { id: 'staff-content-heading' }, words.staff.content);
  const attributes = { class: 'staff-content-section', 'aria-labelledby': heading.id };
  const element = h('section', attributes, h('div', { class: 'staff-content-head' }, heading, choices), panel);
  return { element, stop: () => list?.stop() };
}

/** @param {(kind: Kind) => void} choose */
function kindChoice(choose) {
  const choice = (/** @type {Kind} */ kind, /** @type {boolean} */ checked) =>
    h('label', { class: 'staff-segment' },
      h('input', { type: 'radio', name: 'content', value: kind, checked, onChange: () => choose(kind) }),
      h('span', null, words.staff[kind]));
  return h('fieldset', { class: 'staff-segments' },
    h('legend', { class: 'visually-hidden' }, words.staff.content), choice('files', true), choice('images', false));
}
