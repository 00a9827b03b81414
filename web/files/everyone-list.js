// The files that all members see.

import { h } from '../dom.js';
import { emptyState } from '../ui/states.js';
import { uploads } from '../uploads/uploads.js';
import { words } from '../words.js';
import { FileBrowser } from './file-browser.js';
import { sharedFiles } from './requests.js';
import { addFileShortcuts } from './shortcuts.js';
import { prefersTiles, viewChoice } from './view-choice.js';

const BASE = '#/everyone';

/** @param {import('../api-types.js').File} record */
const isShared = ({ visibility, status }) => visibility === 'members' && status === 'ready';

class EveryoneList extends HTMLElement {
  /** @type {Record<string, string>} */ #params = {};
  /** @type {FileBrowser | null} */ #browser = null;
  /** @type {(() => void)[]} */ #endings = [];

  /** @param {Record<string, string>} params */
  set params(params) {
    this.#params = params;
    if (this.isConnected) this.#browser?.preview(params.id, true);
  }

  connectedCallback() {
    if (this.#browser) return;
    const browser = new FileBrowser({ base: BASE, address: () => BASE, label: words.files.everyone, owners: true, tiles: prefersTiles() });
    this.#browser = browser;
    const view = viewChoice(browser.grid.tiles, (tiles) => {
      browser.grid.tiles = tiles;
    });
    this.append(
      h('div', { class: 'place-head' },
        h('div', { class: 'file-heading' },
          h('h1', { text: words.files.everyone }),
          h('p', { class: 'muted', text: words.files.everyoneText })),
        view.element),
      browser.element);
    this.#endings = [addFileShortcuts(browser, view.toggle), uploads.onReady(({ kind, record }) => kind === 'file' && browser.put(record))];
    browser.show({
      load: sharedFiles,
      accepts: isShared,
      empty: () => emptyState({ icon: 'everyone', title: words.files.emptyEveryone, text: words.files.emptyEveryoneText }),
    });
    browser.preview(this.#params.id, false);
  }

  leave() {
    for (const end of this.#endings) end();
    this.#browser?.stop();
  }
}

customElements.define('everyone-list', EveryoneList);
