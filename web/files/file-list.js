// The files of the signed-in user.

import { h } from '../dom.js';
import { navigate } from '../router.js';
import { emptyState } from '../ui/states.js';
import { uploads } from '../uploads/uploads.js';
import { words } from '../words.js';
import { FileBrowser } from './file-browser.js';
import { FilterBar } from './filter-bar.js';
import { addressOf, ALL, filterFrom, isFiltered, matches } from './filters.js';
import { ownFiles } from './requests.js';
import { SelectionBar } from './selection-bar.js';
import { addFileShortcuts } from './shortcuts.js';
import { prefersTiles, viewChoice } from './view-choice.js';

const BASE = '#/files';

/** @typedef {import('./filters.js').Filter} Filter */

class FileList extends HTMLElement {
  /** @type {Record<string, string>} */ #params = {};
  /** @type {Record<string, string>} */ #query = {};
  /** @type {Filter} */ #filter = ALL;
  #updating = false;
  /** @type {FileBrowser | null} */ #browser = null;
  /** @type {(() => void)[]} */ #endings = [];
  #filters = new FilterBar((filter) => navigate(addressOf(BASE, filter)));

  /** @param {Record<string, string>} params */
  set params(params) {
    this.#params = params;
    this.#update();
  }

  /** @param {Record<string, string>} query */
  set query(query) {
    this.#query = query;
    this.#update();
  }

  connectedCallback() {
    if (this.#browser) return;
    this.#filter = filterFrom(this.#query);
    this.#filters.show(this.#filter);
    const browser = new FileBrowser({
      base: BASE, address: () => addressOf(BASE, this.#filter), label: words.files.title, selectable: true, tiles: prefersTiles(),
    });
    this.#browser = browser;
    const view = viewChoice(browser.grid.tiles, (tiles) => {
      browser.grid.tiles = tiles;
    });
    const selection = new SelectionBar(browser.grid, browser.actions);
    this.append(
      h('div', { class: 'place-head' }, h('h1', { text: words.files.title }), view.element),
      h('div', { class: 'file-bar' }, this.#filters.element, selection.element),
      browser.element);
    this.#endings = [addFileShortcuts(browser, view.toggle), uploads.onReady(({ kind, record }) => kind === 'file' && browser.put(record))];
    this.#show();
    browser.preview(this.#params.id, false);
  }

  leave() {
    for (const end of this.#endings) end();
    this.#browser?.stop();
  }

  /** Follows the address once its parameters and its query are both set. */
  #update() {
    if (!this.#browser || this.#updating) return;
    this.#updating = true;
    queueMicrotask(() => {
      this.#updating = false;
      if (!this.isConnected) return;
      const filter = filterFrom(this.#query);
      if (addressOf('', filter) !== addressOf('', this.#filter)) {
        this.#filter = filter;
        this.#filters.show(filter);
        this.#show();
      }
      this.#browser?.preview(this.#params.id, true);
    });
  }

  #show() {
    const filter = this.#filter;
    const browser = /** @type {FileBrowser} */ (this.#browser);
    browser.show({ load: ownFiles(filter), accepts: (record) => matches(filter, record), empty: () => this.#empty() });
    browser.feed.state.subscribe(({ records, phase }) => phase !== 'loading' && this.#filters.offer(records));
  }

  #empty() {
    if (isFiltered(this.#filter)) {
      const action = { label: words.files.showAll, run: () => navigate(BASE) };
      return emptyState({ icon: 'search', title: words.files.emptyFiltered, text: words.files.emptyFilteredText, action });
    }
    const run = async () => (await import('../uploads/drop.js')).pickFiles({ place: 'files' });
    const action = { label: words.files.upload, icon: 'upload', run };
    return emptyState({ icon: 'files', title: words.files.empty, text: words.files.emptyText, action });
  }
}

customElements.define('file-list', FileList);
