// The dialog that shows one file, at an address of its own.

import { h, icon, iconButton, replace, useStyles } from '../dom.js';
import { bytes, date } from '../format.js';
import { openDialog } from '../ui/dialog.js';
import { openMenu } from '../ui/menu.js';
import { failedState, skeleton } from '../ui/states.js';
import { words } from '../words.js';
import { isOwn } from './file-actions.js';
import { fileName } from './file-name.js';
import { kindIcon, visibilityBadge } from './file-row.js';
import { previewContent } from './preview-content.js';
import { readFile } from './requests.js';
import { typeName } from './type-name.js';

/** @typedef {import('../api-types.js').File} FileRecord */
/**
 * @typedef {object} PreviewOptions
 * @property {import('./file-actions.js').FileActions} actions
 * @property {(id: string) => { previous: string | null, next: string | null }} neighbours
 * @property {(id: string) => void} go to a neighbour
 * @property {() => void} onClosed
 */

await useStyles(new URL('./preview.css', import.meta.url));

export class Preview {
  #options;
  #dialog;
  #head = h('div', { class: 'file-preview-head' });
  #tools = h('div', { class: 'file-preview-tools' });
  #body = h('div', { class: 'file-preview-body' });
  #previous;
  #next;
  #id = '';
  #abort = new AbortController();

  /** @param {PreviewOptions} options */
  constructor(options) {
    this.#options = options;
    const step = (/** @type {'previous' | 'next'} */ way, /** @type {string} */ symbol) =>
      iconButton(symbol, words.files[way], () => this.#step(way), { class: `file-preview-${way}` });
    this.#previous = step('previous', 'chevron-left');
    this.#next = step('next', 'chevron-right');
    this.#dialog = openDialog({
      title: this.#head, body: [this.#previous, this.#body, this.#next], size: 'full', routed: true, onClose: () => this.#onClose(),
    });
    const { element } = this.#dialog;
    element.classList.add('file-preview');
    element.querySelector('.dialog-head')?.lastElementChild?.before(this.#tools);
    element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  get id() {
    return this.#id;
  }

  close() {
    this.#dialog.close();
  }

  /**
   * @param {string} id
   * @param {FileRecord | null} known what the list has, until the newest record arrives
   */
  async show(id, known) {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#id = id;
    const { previous, next } = this.#options.neighbours(id);
    this.#previous.hidden = !previous;
    this.#next.hidden = !next;
    if (known) this.#showHead(known);
    else replace(this.#head, words.files.preview);
    replace(this.#body, h('div', { class: 'file-preview-loading' }, skeleton('card')));
    try {
      const record = await readFile(id, abort.signal);
      this.#showHead(record);
      replace(this.#body, previewContent(record, { onDownload: () => this.#options.actions.download([record]), signal: abort.signal }));
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(error, known);
    }
  }

  /** Shows the changed name of the file, and its content if that changed too. @param {FileRecord} record */
  update(record) {
    if (record.id === this.#id) this.show(record.id, record);
  }

  /** @param {any} error @param {FileRecord | null} known */
  #fail(error, known) {
    if (error.status !== 404) {
      replace(this.#body, failedState({ error, title: words.files.previewFailed, retry: () => this.show(this.#id, known) }));
      return;
    }
    replace(this.#tools);
    replace(this.#body, h('div', { class: 'state' },
      h('div', { class: 'state-icon' }, icon('file')), h('h3', { text: words.files.gone }), h('p', { text: words.files.goneText }),
      h('button', { class: 'button', type: 'button', text: words.files.backToList, onClick: () => this.close() })));
  }

  /** @param {FileRecord} record */
  #showHead(record) {
    const { actions } = this.#options;
    const own = isOwn(record);
    replace(this.#head, kindIcon(record), h('span', { class: 'file-preview-titles' },
      fileName(record.title, { class: 'file-preview-title' }),
      h('span', { class: 'file-preview-facts' },
        [typeName(record.content_type), bytes(record.size), date(record.created_at)].map((text) => h('span', { text })),
        own ? visibilityBadge(record.visibility) : h('bdi', { text: words.files.by(record.uploaded_by) }))));
    const more = iconButton('more', words.files.more, () => openMenu(more, actions.menuOf(record, { deleted: () => this.close() })));
    const ready = record.status === 'ready';
    replace(this.#tools,
      ready && iconButton('download', words.files.download, () => actions.download([record])),
      ready && own && iconButton('share', words.files.share, () => actions.share(record)),
      own && more);
  }

  /** @param {'previous' | 'next'} way */
  #step(way) {
    const id = this.#options.neighbours(this.#id)[way];
    if (id) this.#options.go(id);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest('audio, video, pre, .menu') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowLeft') this.#step('previous');
    else if (event.key === 'ArrowRight') this.#step('next');
    else return;
    event.preventDefault();
  }

  #onClose() {
    this.#abort.abort();
    this.#options.onClosed();
  }
}
