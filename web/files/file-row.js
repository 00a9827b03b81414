// One file in a list or in a grid. The stylesheet arranges the same elements as a row of a table, a card or a tile.

import { h, icon, iconButton } from '../dom.js';
import { bytes, date, dateTime } from '../format.js';
import { words } from '../words.js';
import { fileName } from './file-name.js';
import { iconOf, kindOf, tilePicture } from './file-types.js';

/** @typedef {import('../api-types.js').File} FileRecord */
/**
 * @typedef {object} RowOptions
 * @property {(record: FileRecord) => string} hrefOf the address of the preview
 * @property {boolean} selectable
 * @property {boolean} tiles
 * @property {boolean} owners whether the row says who owns the file
 * @property {(record: FileRecord) => boolean} isOwn
 * @property {(record: FileRecord) => void} onStale the signed URL of the picture does not work any more
 */

/**
 * @param {FileRecord} record
 * @param {RowOptions} options
 * @returns {HTMLElement}
 */
export function fileRow(record, options) {
  const { title, id } = record;
  return h('div', { class: `file-row ${record.status}`, role: 'row', tabindex: '-1', dataset: { id } },
    options.selectable && h('div', { class: 'file-row-select', role: 'gridcell' },
      h('label', { class: 'file-row-check' },
        h('input', { type: 'checkbox', tabindex: '-1', 'aria-label': words.files.select(title) }))),
    h('div', { class: 'file-row-main', role: 'gridcell' }, picture(record, options),
      h('div', { class: 'file-row-texts' },
        fileName(title, { href: options.hrefOf(record), class: 'file-row-title', kept: options.tiles ? 2 : undefined }),
        secondLine(record, options))),
    options.owners && h('div', { class: 'file-row-owner', role: 'gridcell' }, owner(record, options)),
    !options.owners && h('div', { class: 'file-row-visibility', role: 'gridcell' }, visibilityBadge(record.visibility)),
    h('div', { class: 'file-row-size', role: 'gridcell', text: bytes(record.size) }),
    h('div', { class: 'file-row-date', role: 'gridcell' }, time(record.created_at)),
    h('div', { class: 'file-row-menu', role: 'gridcell' },
      iconButton('more', words.files.actions(title), null, {
        tabindex: '-1', title: null, 'aria-haspopup': 'menu', dataset: { action: 'menu' },
      })));
}

/**
 * Shows a changed record in its row. The row and the button of its menu stay, because a dialog that was opened from
 * them returns the focus to them.
 * @param {HTMLElement} row
 * @param {FileRecord} record
 * @param {RowOptions} options
 */
export function updateFileRow(row, record, options) {
  const hadFocus = row !== document.activeElement && row.contains(document.activeElement);
  const fresh = fileRow(record, options);
  const button = row.querySelector('[data-action=menu]');
  fresh.querySelector('[data-action=menu]')?.replaceWith(button ?? '');
  button?.setAttribute('aria-label', words.files.actions(record.title));
  row.className = fresh.className;
  row.replaceChildren(...fresh.childNodes);
  if (hadFocus) row.focus({ preventScroll: true });
}

/** @param {string} iso */
const time = (iso) => h('time', { datetime: iso, title: dateTime(iso), text: date(iso) });

/** @param {FileRecord} record @param {RowOptions} options */
const owner = (record, { isOwn }) => h('bdi', { text: isOwn(record) ? words.files.you : record.uploaded_by });

/** @param {'private' | 'members'} visibility */
export function visibilityBadge(visibility) {
  const shared = visibility === 'members';
  return h('span', { class: `badge${shared ? ' accent' : ''}` }, icon(shared ? 'everyone' : 'lock'), words.files[visibility]);
}

/** @param {FileRecord} record */
export function kindIcon(record) {
  const kind = kindOf(record);
  return h('span', { class: `file-icon file-icon-${kind}` }, icon(iconOf(kind)));
}

/** @param {FileRecord} record @param {RowOptions} options */
function picture(record, { tiles, onStale }) {
  const src = tiles ? tilePicture(record) : null;
  const symbol = kindIcon(record);
  if (!src) return h('div', { class: 'file-row-picture' }, symbol);
  const image = h('img', { alt: '', loading: 'lazy', decoding: 'async', draggable: false, src });
  image.addEventListener('error', () => {
    image.replaceWith(symbol);
    onStale(record);
  });
  return h('div', { class: 'file-row-picture' }, image);
}

/**
 * What a row says below the title: why the file is not ready, its own name if that differs, and on narrow windows also
 * what the other cells say.
 * @param {FileRecord} record
 * @param {RowOptions} options
 */
function secondLine(record, options) {
  if (record.status === 'pending') {
    return h('div', { class: 'file-row-second' }, badge('clock', words.files.states.pending),
      h('span', { class: 'file-row-reason', text: words.files.pendingText }));
  }
  if (record.status === 'rejected') {
    const reason = reasonText(record);
    return h('div', { class: 'file-row-second' }, badge('warning', words.files.states.rejected, ' danger'),
      h('span', { class: 'file-row-reason', text: reason, title: reason }));
  }
  const shared = !options.owners && record.visibility === 'members';
  const facts = [
    shared && h('span', { class: 'file-row-fact file-row-fact-shared' }, icon('everyone'), words.files.members),
    h('span', { class: 'file-row-fact', text: bytes(record.size) }),
    options.owners && h('span', { class: 'file-row-fact' }, owner(record, options)),
    h('span', { class: 'file-row-fact file-row-fact-date' }, time(record.created_at)),
  ];
  return h('div', { class: 'file-row-second' },
    record.filename !== record.title && fileName(record.filename, { class: 'file-row-filename' }),
    h('span', { class: 'file-row-facts' }, facts));
}

/** @param {string} symbol @param {string} text @param {string} [look] */
const badge = (symbol, text, look = '') => h('span', { class: `badge${look}` }, icon(symbol), h('span', { class: 'file-row-state', text }));

/** Why the server rejected the file. @param {FileRecord} record */
export function reasonText({ reason }) {
  const reasons = /** @type {Record<string, string>} */ (words.files.reasons);
  return reasons[reason ?? ''] ?? reasons.other;
}
