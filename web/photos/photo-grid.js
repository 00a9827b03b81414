// The place "Photos": the grid by month, the selection, and the viewer above it.

import { h, replace, useStyles } from '../dom.js';
import { api, path } from '../api.js';
import { navigate } from '../router.js';
import { EMPTY, all, extend, retain, toggle } from '../selection.js';
import { goBack } from '../ui/back-button.js';
import { emptyState, endOfList, failedState } from '../ui/states.js';
import { words } from '../words.js';
import { deletePhotos, sharePhotos } from './actions.js';
import { listen } from './grid-input.js';
import { GridScroll } from './grid-scroll.js';
import { GridView } from './grid-view.js';
import { addShortcuts } from './grid-shortcuts.js';
import { layOut, rowHeightFor, rowOf } from './layout.js';
import { target } from './movement.js';
import { PendingChecks } from './pending-checks.js';
import { GridHead, skeletonRows } from './grid-parts.js';
import { sharedList } from './shared-list.js';
import { Thumbnails } from './thumbnails.js';

/** @typedef {import('./layout.js').Layout} Layout */

await useStyles(new URL('./photo-grid.css', import.meta.url));

const HEADING = 52;
const FRESH_MS = 60_000;

class PhotoGrid extends HTMLElement {
  #list = sharedList();
  #view = new GridView(new Thumbnails(this.#list));
  #head = new GridHead({
    clear: () => this.#select(EMPTY),
    remove: () => this.#remove([...this.#selection.ids]),
    share: () => this.#share(),
  });
  #foot = h('div', { class: 'photo-grid-foot' });
  /** @type {Layout} */
  #layout = { rows: [], height: 0, placed: 0 };
  #selection = EMPTY;
  /** The photo that Tab leads to. @type {string | null} */
  #focusable = null;
  #scroll = new GridScroll(this.#view.element, () => this.#render());
  #pending = new PendingChecks(this.#list, () => this.#pendingIds());
  /** @type {import('./viewer.js').Viewer | null} */
  #viewer = null;
  /** Whether the viewer was opened from the grid, so that the back button leads to the grid. */
  #openedHere = false;
  #footState = '';
  #dirty = true;
  #wasLoadedAt = 0;
  /** @type {(() => void)[]} */
  #cleanups = [];
  /** @type {{ id?: string }} */
  #params = {};

  get params() {
    return this.#params;
  }

  /** Set by the router: the photo `id` is to be shown large. */
  set params(params) {
    const before = this.#params.id;
    this.#params = params;
    if (!this.isConnected) return;
    if (!before && params.id) this.#openedHere = true;
    this.#syncViewer();
  }

  connectedCallback() {
    this.append(this.#head.element, this.#view.element, this.#foot);
    listen(this.#view.element, {
      toggle: (id) => this.#select(toggle(this.#selection, id)),
      extend: (id) => this.#select(extend(this.#selection, id, this.#list.photos)),
      open: (id) => navigate(path`#/photos/${id}`),
      remove: (id) => this.#remove(this.#selection.ids.size > 0 ? [...this.#selection.ids] : [id]),
      move: (press) => this.#move(press),
      focused: (id) => this.#setFocusable(id),
      selecting: () => this.#selection.ids.size > 0,
    });
    const onChange = () => this.#changed();
    const onVisible = () => document.visibilityState === 'visible' && this.#refresh();
    this.#list.addEventListener('change', onChange);
    document.addEventListener('visibilitychange', onVisible);
    this.#cleanups = [
      () => this.#list.removeEventListener('change', onChange),
      () => document.removeEventListener('visibilitychange', onVisible),
      api.connection.subscribe((state) => state === 'connected' && this.#view.retry()),
      this.#scroll.start(),
      addShortcuts({
        active: () => this.#viewer === null,
        selecting: () => this.#selection.ids.size > 0,
        clear: () => this.#select(EMPTY),
        remove: () => this.#remove([...this.#selection.ids]),
        share: () => this.#share(),
        all: () => this.#select(all(this.#list.photos)),
      }),
    ];
    if (this.#list.fresh) this.#list.loadMore();
    else this.#list.refresh();
    this.#wasLoadedAt = Date.now();
    this.#changed();
    this.#syncViewer();
  }

  leave() {
    this.#viewer?.close();
    this.#pending.stop();
    for (const cleanup of this.#cleanups) cleanup();
  }

  #refresh() {
    if (Date.now() - this.#wasLoadedAt < FRESH_MS) return;
    this.#wasLoadedAt = Date.now();
    this.#list.refresh();
  }

  #changed() {
    this.#dirty = true;
    this.#selection = retain(this.#selection, (id) => this.#list.has(id));
    this.#head.show(this.#selection.ids.size);
    this.#scroll.request();
  }

  /** Lays the photos out again if they or the window have changed, and gives elements to those near the window. */
  #render() {
    const list = this.#list;
    const { width, height: windowHeight, resized } = this.#scroll.measure();
    if (width === 0) return;
    if (this.#dirty || resized) {
      const anchor = this.#scroll.anchor(this.#layout, this.#anchorPhotos);
      const rowHeight = rowHeightFor(width, windowHeight);
      const open = list.more && list.state !== 'failed';
      this.#layout = layOut(list.photos, { width, rowHeight, gap: width < 500 ? 2 : 4, heading: HEADING, open });
      this.#anchorPhotos = [...list.photos];
      this.#dirty = false;
      this.#view.element.style.setProperty('height', `${this.#layout.height}px`);
      this.#scroll.restore(anchor, this.#layout, (id) => list.indexOf(id));
      this.#showFoot();
    }
    const range = this.#scroll.range(this.#layout);
    if (!this.#focusable || !list.has(this.#focusable)) this.#focusable = list.photos[0]?.id ?? null;
    this.#view.render({
      layout: this.#layout,
      range,
      photos: list.photos,
      selected: this.#selection.ids,
      focusable: this.#focusableIn(range),
      complete: !list.more,
    });
    this.#view.element.classList.toggle('selecting', this.#selection.ids.size > 0);
    this.#view.element.classList.toggle('empty', list.photos.length === 0);
    if (!this.#scroll.fast) this.#view.load();
    this.#pending.update();
    const nearEnd = this.#scroll.bottom > this.#layout.height - 2 * windowHeight;
    if (nearEnd && list.more && list.state === 'ready') list.loadMore();
  }

  /**
   * The photo that Tab leads to: the one that had the focus last, or if it is far away, the first one in the window.
   * @param {{ from: number, to: number }} range of rows
   */
  #focusableIn({ from, to }) {
    const { photos } = this.#list;
    const row = rowOf(this.#layout, this.#list.indexOf(this.#focusable ?? ''));
    if ((row >= from && row < to) || this.#view.hasFocus) return this.#focusable;
    const first = this.#scroll.firstShown(this.#layout);
    return (first && photos[first.first]?.id) ?? this.#focusable;
  }

  /** The photos that the present layout was made for. @type {import('./record.js').Photo[]} */
  #anchorPhotos = [];

  #showFoot() {
    const list = this.#list;
    const isEmpty = list.photos.length === 0 && !list.more;
    const state = list.state === 'failed' ? 'failed' : list.more ? 'more' : isEmpty ? 'empty' : 'end';
    const key = state === 'more' ? `${state} ${list.photos.length > 0}` : state;
    if (key === this.#footState && state !== 'failed') return;
    this.#footState = key;
    if (state === 'failed') replace(this.#foot, failedState({ error: list.error, retry: () => list.loadMore() }));
    else if (state === 'more') replace(this.#foot, skeletonRows(list.photos.length === 0));
    else if (state === 'end') replace(this.#foot, endOfList());
    else replace(this.#foot, emptyState({ icon: 'photos', title: words.photos.emptyTitle, text: matchMedia('(hover: none)').matches ? words.photos.emptyTextTouch : words.photos.emptyText,
      action: { label: words.photos.upload, icon: 'upload', run: upload } }));
  }

  /** @param {import('../selection.js').Selection} selection */
  #select(selection) {
    this.#selection = selection;
    this.#head.show(selection.ids.size);
    this.#scroll.request();
  }

  /** @param {string[]} ids */
  #remove(ids) {
    const at = this.#list.indexOf(this.#focusable ?? '');
    const hadFocus = this.contains(document.activeElement);
    const gone = new Set(ids);
    const { photos } = this.#list;
    const next = photos.slice(at).find(({ id }) => !gone.has(id)) ?? photos.slice(0, at).findLast(({ id }) => !gone.has(id));
    deletePhotos(this.#list, ids);
    if (next && hadFocus) this.#focus(next.id);
  }

  async #share() {
    await sharePhotos(this.#list.photos.filter(({ id, status }) => this.#selection.ids.has(id) && status === 'ready'));
  }

  /** @param {{ key: string, ctrl: boolean, shift: boolean }} press */
  #move({ key, ctrl, shift }) {
    const { photos } = this.#list;
    const at = this.#list.indexOf(this.#focusable ?? '');
    const to = target(this.#layout, at, { key, ctrl, page: innerHeight - HEADING });
    if (to === null) return false;
    if (shift) {
      const begun = this.#selection.anchor ? this.#selection : { ...this.#selection, anchor: photos[at]?.id ?? null };
      this.#select(extend(begun, photos[to].id, photos));
    }
    this.#focus(photos[to].id);
    return true;
  }

  /** @param {string} id */
  #setFocusable(id) {
    if (id === this.#focusable) return;
    this.#focusable = id;
    this.#scroll.request();
  }

  /**
   * Moves the focus to a photo, and scrolls it into view.
   * @param {string} id
   */
  #focus(id) {
    this.#focusable = id;
    if (this.#dirty) this.#render();
    const row = this.#layout.rows[rowOf(this.#layout, this.#list.indexOf(id))];
    if (!row) return;
    this.#scroll.reveal(row, this.#head.coveredHeight);
    this.#render();
    this.#view.tile(id)?.link.focus({ preventScroll: true });
  }

  #pendingIds() {
    return [...this.#view.tiles].filter(({ photo }) => photo?.status === 'pending').map(({ photo }) => photo?.id ?? '');
  }

  async #syncViewer() {
    const { id } = this.#params;
    if (!id) {
      this.#viewer?.close();
      return;
    }
    if (!this.#viewer) {
      const { Viewer } = await import('./viewer.js');
      if (this.#params.id !== id || this.#viewer || !this.isConnected) return;
      this.#viewer = new Viewer(this.#list, {
        leave: () => (this.#openedHere ? goBack() : navigate('#/photos', { replace: true })),
        closed: (last) => {
          this.#viewer = null;
          this.#openedHere = false;
          if (this.isConnected && last && this.#list.has(last)) this.#focus(last);
        },
      });
    }
    this.#viewer.show(id);
  }
}

async function upload() {
  const { pickFiles } = await import('../uploads/drop.js');
  pickFiles({ accept: 'image/*' });
}

customElements.define('photo-grid', PhotoGrid);
