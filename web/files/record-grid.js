// A list of files that a person moves through by keyboard, and in which they select by click, key and touch.

import { h } from '../dom.js';
import { all, EMPTY, extend, retain, toggle } from '../selection.js';
import { Store } from '../store.js';
import { onLongPress } from '../ui/long-press.js';
import { words } from '../words.js';
import { fileRow, updateFileRow } from './file-row.js';
import { RowWindow } from './row-window.js';
import { targetOf } from './window.js';

/** @typedef {import('../api-types.js').File} FileRecord */
/** @typedef {import('../selection.js').Selection} Selection */
/**
 * @typedef {object} GridOptions
 * @property {string} label
 * @property {(record: FileRecord) => string} hrefOf
 * @property {(record: FileRecord) => void} onOpen
 * @property {(record: FileRecord, anchor: HTMLElement) => void} onMenu
 * @property {(record: FileRecord) => void} onStale
 * @property {(record: FileRecord) => boolean} isOwn
 * @property {() => void} onNearEnd
 * @property {boolean} [selectable]
 * @property {boolean} [owners]
 * @property {boolean} [tiles]
 */

/** How many records before the end the next page is asked for. */
const AHEAD = 20;
const ROW = '.file-row[data-id]';

export class RecordGrid {
  #options;
  #tiles;
  /** @type {FileRecord[]} */ #records = [];
  /** The record that the Tab key reaches. @type {string | null} */ #active = null;
  #allBox = h('input', { type: 'checkbox', 'aria-label': words.files.selectAll });
  #body = h('div', { class: 'file-grid-body', role: 'rowgroup', tabindex: '-1' });
  #window;
  /** @type {Store<Selection>} */ selection = new Store(EMPTY);

  /** @param {GridOptions} options */
  constructor(options) {
    this.#options = options;
    this.#tiles = options.tiles ?? false;
    const { label, selectable } = options;
    this.element = h('div', {
      class: 'file-grid', role: 'grid', 'aria-label': label, 'aria-multiselectable': selectable ? 'true' : null,
      onClick: (/** @type {MouseEvent} */ event) => this.#onClick(event),
      onKeydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event),
      onFocusin: (/** @type {FocusEvent} */ event) => this.#onFocus(event),
    }, this.#head(), this.#body);
    if (selectable) onLongPress(this.element, ROW, ({ dataset }) => this.#select(dataset.id ?? '', false));
    this.#window = new RowWindow({
      body: this.#body,
      create: (/** @type {FileRecord} */ record) => this.#painted(fileRow(record, this.#rowOptions), record),
      update: (row, record) => {
        updateFileRow(row, record, this.#rowOptions);
        this.#painted(row, record);
      },
      onSlice: (last) => {
        this.#keepReachable();
        if (last >= this.#records.length - AHEAD) options.onNearEnd();
      },
    });
    this.#allBox.addEventListener('change', () => this.selection.set(this.#allBox.checked ? all(this.#records) : EMPTY));
    this.selection.subscribe(() => this.#paintSelection());
    this.#setClass();
  }

  stop() {
    this.#window.stop();
  }

  /** @param {FileRecord[]} records */
  show(records) {
    const gone = this.#active !== null && this.#records.length > 0 && !records.some(({ id }) => id === this.#active);
    if (gone) this.#moveOn(records);
    this.#records = records;
    this.element.setAttribute('aria-rowcount', String(records.length + 1));
    const ids = new Set(records.map(({ id }) => id));
    this.selection.update((selection) => retain(selection, (id) => ids.has(id)));
    this.#window.show(records);
    this.#paintSelection();
  }

  /** Draws again when the list is in the page. */
  refresh() {
    this.#window.render();
  }

  get isSelectable() {
    return this.#options.selectable ?? false;
  }

  get tiles() {
    return this.#tiles;
  }

  set tiles(tiles) {
    this.#tiles = tiles;
    this.#setClass();
    this.#window.reset();
    this.#paintSelection();
  }

  get selected() {
    const { ids } = this.selection.value;
    return this.#records.filter(({ id }) => ids.has(id));
  }

  /** The record that has the focus, if it is in the list. */
  get focused() {
    return this.element.contains(document.activeElement) ? this.#find(this.#active) : null;
  }

  /** Moves the focus to a record, or to the active one. @param {string | null} [id] */
  focus(id = this.#active) {
    const record = this.#find(id) ?? this.#find(this.#active);
    if (record) this.#moveTo(this.#records.indexOf(record));
  }

  /** @param {string | null | undefined} id */
  #find(id) {
    return this.#records.find((record) => record.id === id) ?? null;
  }

  #setClass() {
    this.element.classList.toggle('tiles', this.#tiles);
    this.element.classList.toggle('rows', !this.#tiles);
    this.element.classList.toggle('owners', Boolean(this.#options.owners));
    this.element.classList.toggle('selectable', Boolean(this.#options.selectable));
  }

  #head() {
    const column = (/** @type {string} */ name, /** @type {string} */ text) =>
      h('div', { class: `file-row-${name}`, role: 'columnheader', text });
    return h('div', { class: 'file-grid-head', role: 'rowgroup' },
      h('div', { class: 'file-row', role: 'row', 'aria-rowindex': 1 },
        this.#options.selectable && h('div', { class: 'file-row-select', role: 'columnheader' }, h('label', { class: 'file-row-check' }, this.#allBox)),
        column('main', words.files.name),
        this.#options.owners ? column('owner', words.files.owner) : column('visibility', words.files.visibilityHead),
        column('size', words.files.size),
        column('date', words.files.added),
        h('div', { class: 'file-row-menu', role: 'columnheader' }, h('span', { class: 'visually-hidden', text: words.files.more }))));
  }

  get #rowOptions() {
    const { hrefOf, selectable = false, owners = false, isOwn, onStale } = this.#options;
    return { hrefOf, selectable, owners, isOwn, onStale, tiles: this.#tiles };
  }

  /** @param {HTMLElement} row @param {FileRecord} record */
  #painted(row, record) {
    this.#paint(row, record.id);
    return row;
  }

  #paintSelection() {
    for (const [id, { element }] of this.#window.rows) this.#paint(element, id);
    const { size } = this.selection.value.ids;
    this.element.classList.toggle('selecting', size > 0);
    this.#allBox.checked = size > 0 && size === this.#records.length;
    this.#allBox.indeterminate = size > 0 && size < this.#records.length;
  }

  /** @param {HTMLElement} row @param {string} id */
  #paint(row, id) {
    const active = id === this.#active;
    row.tabIndex = active ? 0 : -1;
    for (const control of row.querySelectorAll('a, button, input')) control.setAttribute('tabindex', active ? '0' : '-1');
    if (!this.#options.selectable) return;
    const selected = this.selection.value.ids.has(id);
    row.setAttribute('aria-selected', String(selected));
    const box = row.querySelector('input');
    if (box) box.checked = selected;
  }

  /** The Tab key reaches the list although its active row may be out of view. */
  #keepReachable() {
    if (this.#active === null && this.#records.length > 0) this.#activate(this.#records[0].id);
    const inPage = this.#active !== null && this.#window.rowOf(this.#active) !== null;
    this.#body.tabIndex = inPage || this.#records.length === 0 ? -1 : 0;
  }

  /** @param {string} id */
  #activate(id) {
    const before = this.#active;
    this.#active = id;
    for (const changed of [before, id]) {
      const row = changed && this.#window.rowOf(changed);
      if (row) this.#paint(row, /** @type {string} */ (changed));
    }
  }

  /** When the active record leaves the list, the next one takes its place. @param {FileRecord[]} records */
  #moveOn(records) {
    const at = this.#records.findIndex(({ id }) => id === this.#active);
    const hadFocus = this.element.contains(document.activeElement) || document.activeElement === document.body;
    const left = new Set(records.map(({ id }) => id));
    const next = this.#records.slice(at + 1).find(({ id }) => left.has(id)) ?? records.at(-1);
    this.#active = next?.id ?? null;
    if (hadFocus && next) queueMicrotask(() => this.focus(next.id));
  }

  /** @param {number} index */
  #moveTo(index) {
    const { id } = this.#records[index];
    this.#activate(id);
    this.#window.reveal(index);
    this.#keepReachable();
    this.#window.rowOf(id)?.focus({ preventScroll: true });
  }

  /** @param {FocusEvent} event */
  #onFocus({ target }) {
    const row = /** @type {HTMLElement} */ (target).closest(ROW);
    if (row instanceof HTMLElement && row.dataset.id) this.#activate(row.dataset.id);
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest(ROW));
    const record = this.#find(row?.dataset.id);
    if (!row || !record) return;
    const button = /** @type {HTMLElement | null} */ (target.closest('[data-action=menu]'));
    if (button) return this.#options.onMenu(record, button);
    if (this.#options.selectable && this.#isSelecting(event, target)) {
      // The label would pass the click on to its box.
      if (!(target instanceof HTMLInputElement)) event.preventDefault();
      this.#select(record.id, event.shiftKey);
    } else if (!target.closest('a') && !target.closest('label') && !getSelection()?.toString()) {
      this.#options.onOpen(record);
    }
  }

  /** Whether a click selects: on the box, with a key, and outside the name once something is selected. @param {MouseEvent} event @param {HTMLElement} target */
  #isSelecting(event, target) {
    if (target.closest('label')) return true;
    const withKey = event.shiftKey || (!target.closest('a') && (event.ctrlKey || event.metaKey));
    const touched = /** @type {PointerEvent} */ (event).pointerType === 'touch';
    return withKey || (this.selection.value.ids.size > 0 && (touched || !target.closest('a')));
  }

  /** @param {string} id @param {boolean} range */
  #select(id, range) {
    this.#activate(id);
    this.selection.update((selection) => (range ? extend(selection, id, this.#records) : toggle(selection, id)));
    this.#paintSelection();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const onRow = target === this.#body || target.matches(ROW);
    const at = this.#records.findIndex(({ id }) => id === this.#active);
    if (at < 0 || event.altKey) return;
    const { id } = this.#records[at];
    const columns = this.#window.columns;
    const rtl = getComputedStyle(this.element).direction === 'rtl';
    const to = event.ctrlKey || event.metaKey ? null
      : targetOf(event.key, { at, count: this.#records.length, columns, page: this.#window.page, rtl });
    if (to !== null) this.#move(id, to, event.shiftKey);
    else if (onRow && event.key === ' ' && this.#options.selectable) this.#select(id, event.shiftKey);
    else if (onRow && event.key === 'Enter') this.#options.onOpen(this.#records[at]);
    else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) this.#openMenu(id);
    else return;
    event.preventDefault();
  }

  /** @param {string} from @param {number} to @param {boolean} range */
  #move(from, to, range) {
    if (range && this.#options.selectable) {
      this.selection.update((selection) => {
        const begun = selection.anchor === null ? { ids: new Set([...selection.ids, from]), anchor: from } : selection;
        return extend(begun, this.#records[to].id, this.#records);
      });
    }
    this.#moveTo(to);
  }

  /** @param {string} id */
  #openMenu(id) {
    const button = this.#window.rowOf(id)?.querySelector('[data-action=menu]');
    if (button instanceof HTMLElement) button.click();
  }
}
