// One photo over the whole window, with its neighbours a key or a swipe away.

import { path } from '../api.js';
import { h, icon, iconButton, replace, useStyles } from '../dom.js';
import { navigate } from '../router.js';
import { failedState } from '../ui/states.js';
import { words } from '../words.js';
import { deletePhotos, downloadPhoto, sharePhotos } from './actions.js';
import { isolate } from './isolate.js';
import { ViewerInfo } from './viewer-info.js';
import { addViewerShortcuts } from './viewer-shortcuts.js';
import { Stage } from './viewer-stage.js';
import { PictureSource } from './viewer-source.js';

/**
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {import('./photo-list.js').PhotoList} PhotoList
 *
 * @typedef {object} Owner
 * @property {() => void} leave goes to the address of the grid, which closes the viewer
 * @property {(last: string | null) => void} closed with the photo that was shown last
 */

await useStyles(new URL('./viewer.css', import.meta.url));

// So many pages are read to find the neighbours of a photo that was opened by its address.
const MOST_PAGES = 20;
const NEAR_END = 10;

export class Viewer {
  #list;
  #owner;
  /** @type {string | null} */
  #id = null;
  /** The photo that is shown. It may be gone from the list since. @type {Photo | null} */
  #photo = null;
  #source;
  #stage = new Stage({
    previous: () => this.#go(-1),
    next: () => this.#go(1),
    close: () => this.#owner.leave(),
    zoomed: (zoomed) => this.#showZoom(zoomed),
  });
  #info;
  #title = h('p', { class: 'photo-viewer-title', role: 'status' });
  #message = h('div', { class: 'photo-viewer-message' });
  #previous = arrow('chevron-left', words.photos.viewer.previous, () => this.#go(-1));
  #next = arrow('chevron-right', words.photos.viewer.next, () => this.#go(1));
  #tools = {
    back: iconButton('arrow-left', words.photos.viewer.back, () => this.#owner.leave()),
    zoom: iconButton('zoom-in', words.photos.viewer.zoom, () => this.#stage.toggleZoom()),
    info: iconButton('info', words.photos.viewer.info, () => this.#toggleInfo()),
    share: iconButton('share', words.photos.viewer.share, () => this.#share()),
    download: iconButton('download', words.photos.viewer.download, () => this.#download()),
    remove: iconButton('trash', words.photos.viewer.remove, () => this.#remove(), { class: 'danger' }),
  };
  element;
  /** What had the focus when the panel was opened. @type {HTMLElement | null} */
  #beforeInfo = null;
  /** @type {(() => void)[]} */
  #cleanups;

  /**
   * @param {PhotoList} list
   * @param {Owner} owner
   */
  constructor(list, owner) {
    this.#list = list;
    this.#owner = owner;
    this.#source = new PictureSource(list, this.#stage, () => this.#update());
    this.#info = new ViewerInfo(list);
    const { back, ...tools } = this.#tools;
    this.element = h('div', { class: 'photo-viewer', role: 'dialog', 'aria-modal': 'true', 'aria-label': words.photos.viewer.title, tabindex: '-1' },
      h('header', { class: 'photo-viewer-bar' }, back, this.#title, Object.values(tools)),
      h('div', { class: 'photo-viewer-stage' }, this.#stage.element, this.#message, this.#previous, this.#next),
      this.#info.element);
    document.body.append(this.element);
    this.#showTools(null);
    const onChange = () => this.#update();
    list.addEventListener('change', onChange);
    this.#cleanups = [
      isolate(this.element),
      () => list.removeEventListener('change', onChange),
      addViewerShortcuts({
        previous: () => this.#go(-1),
        next: () => this.#go(1),
        close: () => this.#owner.leave(),
        info: () => this.#toggleInfo(),
        zoom: () => this.#stage.toggleZoom(),
        share: () => this.#share(),
        download: () => this.#download(),
        remove: () => this.#remove(),
      }),
      this.#stage.start(),
    ];
    this.element.focus({ preventScroll: true });
  }

  /**
   * Shows the photo `id`.
   * @param {string} id
   */
  async show(id) {
    if (id === this.#id) return;
    this.#id = id;
    this.#photo = null;
    replace(this.#message);
    try {
      const photo = await this.#list.find(id);
      if (this.#id !== id) return;
      if (photo) this.#present(photo);
      else this.#missing();
    } catch (error) {
      if (this.#id !== id) return;
      if (/** @type {any} */ (error)?.status === 404) this.#missing();
      else this.#failed(error);
    }
  }

  /** Removes the viewer. */
  close() {
    const last = this.#id;
    // What is still being read must not be shown, and must not change the title of the page.
    [this.#id, this.#photo] = [null, null];
    for (const cleanup of this.#cleanups) cleanup();
    this.#source.stop();
    this.element.remove();
    document.title = words.app.title(words.photos.title);
    this.#owner.closed(last);
  }

  /** @param {Photo} photo */
  #present(photo) {
    this.#photo = photo;
    this.#source.show(photo, this.#neighbours());
    this.#update();
    this.#findNeighbours(photo.id);
  }

  /** Shows what has changed: the record, or its neighbours. */
  #update() {
    if (!this.#photo) return;
    const photo = (this.#photo = this.#list.get(this.#photo.id) ?? this.#photo);
    this.#source.refresh(photo);
    const name = photo.title || photo.filename;
    const [previous, next] = this.#neighbours();
    if (this.#title.textContent !== name) this.#title.textContent = name;
    this.element.setAttribute('aria-label', name);
    document.title = words.app.title(name);
    this.#previous.hidden = !previous;
    this.#next.hidden = !next;
    this.#showTools(photo);
    this.#info.show(photo, this.#source.hasOriginal);
    replace(this.#message, messageOf(photo));
  }

  /** @param {Photo | null} photo */
  #showTools(photo) {
    const { zoom, info, share, download, remove } = this.#tools;
    const isReady = photo?.status === 'ready';
    for (const tool of [info, remove]) tool.hidden = !photo;
    for (const tool of [zoom, share]) tool.hidden = !isReady;
    download.hidden = !isReady || !this.#source.hasOriginal;
  }

  #missing() {
    this.#source.clear();
    this.#showTools(null);
    replace(this.#message, h('div', { class: 'state' },
      h('div', { class: 'state-icon' }, icon('photos')),
      h('h2', { text: words.photos.viewer.gone }),
      h('p', { text: words.photos.viewer.goneText }),
      h('button', { class: 'button', type: 'button', onClick: () => this.#owner.leave(), text: words.photos.viewer.back })));
  }

  /** @param {any} error */
  #failed(error) {
    const id = this.#id ?? '';
    this.#id = null;
    replace(this.#message, failedState({ error, retry: () => this.show(id) }));
  }

  /** The photos before and after the shown one. @returns {(Photo | null)[]} */
  #neighbours() {
    const at = this.#list.indexOf(this.#id ?? '');
    if (at < 0) return [null, null];
    return [this.#list.photos[at - 1] ?? null, this.#list.photos[at + 1] ?? null];
  }

  /**
   * Reads on in the list until the photo is in it, and ahead when its end is near.
   * @param {string} id
   */
  async #findNeighbours(id) {
    const list = this.#list;
    for (let page = 0; page < MOST_PAGES && this.#id === id; page += 1) {
      const at = list.indexOf(id);
      const isNear = at < 0 || at >= list.photos.length - NEAR_END;
      if (!isNear || !list.more || !this.element.isConnected) return;
      await list.loadMore();
      if (list.state === 'failed') return;
    }
  }

  /** @param {-1 | 1} step */
  #go(step) {
    const [previous, next] = this.#neighbours();
    const photo = step < 0 ? previous : next;
    if (!photo) return false;
    navigate(path`#/photos/${photo.id}`, { replace: true });
    return true;
  }

  #toggleInfo() {
    const open = this.#info.toggle();
    this.#tools.info.setAttribute('aria-expanded', String(open));
    this.element.classList.toggle('with-info', open);
    if (open) {
      this.#beforeInfo = /** @type {HTMLElement | null} */ (document.activeElement);
      this.#info.focus();
    } else {
      (this.#beforeInfo ?? this.element).focus();
    }
  }

  /** @param {boolean} zoomed */
  #showZoom(zoomed) {
    const { zoom } = this.#tools;
    const label = zoomed ? words.photos.viewer.unzoom : words.photos.viewer.zoom;
    zoom.setAttribute('aria-label', label);
    zoom.title = label;
    replace(zoom, icon(zoomed ? 'zoom-out' : 'zoom-in'));
  }

  #share() {
    if (this.#photo?.status === 'ready') sharePhotos([this.#photo]);
  }

  #download() {
    if (this.#photo && this.#source.hasOriginal) downloadPhoto(this.#list, this.#photo);
  }

  /** Deletes the photo and shows the next one. */
  #remove() {
    const photo = this.#photo;
    if (!photo || !this.#list.get(photo.id)) return;
    const [previous, next] = this.#neighbours();
    const other = next ?? previous;
    deletePhotos(this.#list, [photo.id]);
    if (other) navigate(path`#/photos/${other.id}`, { replace: true });
    else this.#owner.leave();
  }
}

/** @param {Photo} photo */
function messageOf({ status, reason }) {
  if (status === 'ready') return null;
  const code = reason?.split(':')[0] ?? '';
  const text = status === 'pending' ? words.photos.viewer.pending : (words.photos.reasons[code] ?? words.photos.refused);
  return h('div', { class: 'state' },
    h('div', { class: 'state-icon' }, icon(status === 'pending' ? 'clock' : 'warning')),
    h('h2', { text: status === 'pending' ? words.photos.pending : words.photos.rejected }),
    h('p', { text }));
}

/**
 * @param {string} name
 * @param {string} label
 * @param {() => unknown} run
 */
function arrow(name, label, run) {
  return h('button', { class: `photo-viewer-arrow ${name}`, type: 'button', 'aria-label': label, title: label, hidden: true, onClick: () => run() }, icon(name));
}
