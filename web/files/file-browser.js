// The list of files of a place, with its states, its preview and its actions.

import { path } from '../api.js';
import { h, replace, useStyles } from '../dom.js';
import { navigate } from '../router.js';
import { goBack } from '../ui/back-button.js';
import { openMenu } from '../ui/menu.js';
import { endOfList, failedState, skeleton } from '../ui/states.js';
import { words } from '../words.js';
import { followDeletions } from './deletion.js';
import { Feed } from './feed.js';
import { FileActions, isOwn } from './file-actions.js';
import { followPending } from './pending-files.js';
import { RecordGrid } from './record-grid.js';
import { readFile } from './requests.js';

/** @typedef {import('../api-types.js').File} FileRecord */
/**
 * @typedef {object} Source what the list shows
 * @property {import('./feed.js').LoadPage<FileRecord>} load
 * @property {(record: FileRecord) => boolean} accepts
 * @property {() => Node} empty
 */
/**
 * @typedef {object} BrowserOptions
 * @property {string} base the address of the list, such as `#/files`
 * @property {() => string} address the present address of the list, with its filter
 * @property {string} label
 * @property {boolean} [selectable]
 * @property {boolean} [owners]
 * @property {boolean} tiles
 */

/** @type {import('./feed.js').LoadPage<FileRecord>} */
const noFiles = async () => ({ results: [], next: null });

await useStyles(new URL('./files.css', import.meta.url));

export class FileBrowser {
  #options;
  #foot = h('div', { class: 'file-foot' });
  /** @type {Source | null} */ #source = null;
  /** @type {(() => void)[]} */ #endings = [];
  /** @type {FileRecord[] | null} */ #shown = null;
  /** Records that were read again because a picture failed to load. @type {Set<string>} */ #refreshed = new Set();
  /** @type {import('./preview.js').Preview | null} */ #preview = null;
  /** The file that the address names. @type {string | undefined} */ #wanted;
  /** Whether the back button leads from the preview to the list. */ #fromList = false;
  /** @type {Feed<FileRecord>} */ feed = new Feed(noFiles);

  /** @param {BrowserOptions} options */
  constructor(options) {
    this.#options = options;
    const { label, selectable, owners, tiles } = options;
    this.actions = new FileActions((record) => this.#changed(record));
    this.grid = new RecordGrid({
      label, selectable, owners, tiles, isOwn,
      hrefOf: ({ id }) => this.addressOf(id),
      onOpen: (record) => this.open(record),
      onMenu: (record, anchor) => openMenu(anchor, this.actions.menuOf(record, { open: () => this.open(record) })),
      onStale: (record) => this.#refresh(record),
      onNearEnd: () => this.feed.state.value.phase === 'idle' && this.feed.more(),
    });
    this.element = h('div', { class: 'file-browser' }, this.grid.element, this.#foot);
  }

  /** Reads a list from its beginning. @param {Source} source */
  show(source) {
    this.#end();
    this.#source = source;
    this.feed = new Feed(source.load);
    const { feed } = this;
    this.#endings = [
      feed.state.subscribe(() => this.#render()),
      followDeletions(feed, source.accepts),
      followPending(() => feed.records, (record) => this.#changed(record)),
      () => feed.stop(),
    ];
    this.#render();
    this.feed.more();
  }

  stop() {
    this.#end();
    this.grid.stop();
    const preview = this.#preview;
    this.#preview = null;
    preview?.close();
  }

  /** Puts a file that has just become ready into the list. @param {FileRecord} record */
  put(record) {
    if (this.#source?.accepts(record)) this.feed.put(record);
    else this.feed.remove([record.id]);
  }

  /** @param {string} id */
  addressOf(id) {
    const query = this.#options.address().split('?')[1];
    return `${this.#options.base}${path`/${id}`}${query ? `?${query}` : ''}`;
  }

  /** @param {FileRecord} record */
  open(record) {
    navigate(this.addressOf(record.id));
  }

  /**
   * Shows or closes the preview, as the address says.
   * @param {string | undefined} id
   * @param {boolean} fromList whether the list was shown before
   */
  async preview(id, fromList) {
    this.#wanted = id;
    if (!id) {
      const preview = this.#preview;
      this.#preview = null;
      preview?.close();
      return;
    }
    if (fromList) this.#fromList = true;
    const { Preview } = await import('./preview.js');
    if (this.#wanted !== id || !this.element.isConnected) return;
    this.#preview ??= new Preview({
      actions: this.actions,
      neighbours: (of) => this.#neighbours(of),
      go: (to) => navigate(this.addressOf(to), { replace: true }),
      onClosed: () => this.#leavePreview(),
    });
    await this.#preview.show(id, this.feed.find(id));
  }

  /** After the dialog was closed by its button or Escape: the address follows. */
  #leavePreview() {
    const preview = this.#preview;
    const fromList = this.#fromList;
    this.#fromList = false;
    if (preview) {
      this.#preview = null;
      if (fromList) goBack();
      else navigate(this.#options.address(), { replace: true });
    }
    this.grid.focus(preview?.id);
  }

  /** @param {string} id */
  #neighbours(id) {
    const { records } = this.feed;
    const at = records.findIndex((record) => record.id === id);
    return { previous: at > 0 ? records[at - 1].id : null, next: at >= 0 ? records[at + 1]?.id ?? null : null };
  }

  /** @param {FileRecord} record */
  #changed(record) {
    if (this.#source?.accepts(record)) this.feed.change(record);
    else this.feed.remove([record.id]);
    this.#preview?.update(record);
  }

  /** Signed URLs of pictures expire. @param {FileRecord} record */
  async #refresh({ id }) {
    if (this.#refreshed.has(id)) return;
    this.#refreshed.add(id);
    const record = await readFile(id).catch(() => null);
    if (record) this.feed.change(record);
  }

  #render() {
    const { records, phase, error, loaded } = this.feed.state.value;
    this.grid.element.hidden = records.length === 0;
    if (records !== this.#shown) this.grid.show(records);
    this.#shown = records;
    if (phase === 'failed') replace(this.#foot, failedState({ error, title: words.files.failed, retry: () => this.feed.more() }));
    else if (phase === 'end') replace(this.#foot, records.length > 0 ? endOfList() : /** @type {Source} */ (this.#source).empty());
    else if (!loaded) replace(this.#foot, skeleton(this.grid.tiles ? 'tile' : 'row', 8));
    else if (phase === 'loading') replace(this.#foot, skeleton(this.grid.tiles ? 'tile' : 'row', 3));
    // An idle list has more pages, which are read before the reader arrives at the end.
    else this.grid.refresh();
  }

  #end() {
    for (const end of this.#endings) end();
    this.#endings = [];
  }
}
