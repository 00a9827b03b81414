// A file or an image of an account, as staff see it.

import { failureText } from '../api.js';
import { h, icon, iconButton } from '../dom.js';
import { bytes, date, dateTime } from '../format.js';
import { words } from '../words.js';

/** @typedef {import('../api-types.js').StaffFile} StaffFile */
/** @typedef {import('../api-types.js').StaffImage} StaffImage */

/**
 * @param {StaffFile | StaffImage} item
 * @param {(row: HTMLElement) => Promise<void>} remove
 * @returns {HTMLElement}
 */
export function contentRow(item, remove) {
  const problem = h('p', { class: 'staff-problem', role: 'alert', hidden: true });
  let busy = false;
  async function onClick() {
    if (busy) return;
    busy = true;
    problem.hidden = true;
    try {
      await remove(row);
    } catch (/** @type {any} */ error) {
      problem.textContent = failureText(error);
      problem.hidden = false;
    } finally {
      busy = false;
    }
  }
  const button = iconButton('trash', words.staff.deleteItem(item.title), onClick);
  const row = h('li', { class: 'staff-item' },
    picture(item),
    h('div', { class: 'staff-item-text' },
      h('div', { class: 'staff-item-title' }, h('span', { class: 'staff-item-name', title: item.title }, item.title), statusBadge(item)),
      h('div', { class: 'staff-item-facts' }, facts(item)),
      problem),
    button);
  return row;
}

/** @param {StaffFile | StaffImage} item */
function facts(item) {
  const { created_at: created, filename, title } = item;
  const all = [
    filename !== title && filename,
    bytes(item.size),
    item.content_type,
    h('time', { datetime: created, title: dateTime(created) }, date(created)),
    'visibility' in item && item.visibility === 'members' && words.staff.seenByMembers,
    words.staff.linkCount(item.links),
  ];
  return all.filter(Boolean).map((fact) => h('span', null, fact));
}

/** @param {StaffFile | StaffImage} item */
function statusBadge({ status }) {
  if (status === 'ready') return null;
  return h('span', { class: `badge ${status === 'rejected' ? 'danger' : ''}` }, words.staff.statuses[status]);
}

/**
 * The smallest thumbnail. A thumbnail that does not exist yet has a URL of the API, which only its owner may use.
 * @param {StaffFile | StaffImage} item
 */
function picture(item) {
  const [smallest] = 'thumbnails' in item ? Object.entries(item.thumbnails ?? {}).sort(([a], [b]) => Number(a) - Number(b)) : [];
  const symbol = icon('width' in item ? 'photos' : 'file');
  const box = h('div', { class: 'staff-item-picture' }, symbol);
  if (smallest && new URL(smallest[1], location.href).pathname.startsWith('/api/')) return box;
  if (smallest) {
    const image = h('img', { src: smallest[1], alt: '', loading: 'lazy', onError: () => image.replaceWith(symbol) });
    box.replaceChildren(image);
  }
  return box;
}
