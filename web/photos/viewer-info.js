// What the viewer tells about a photo, and the form that changes its title.

import { fact, h, icon, replace } from '../dom.js';
import { api } from '../api.js';
import { bytes, dateTime } from '../format.js';
import { field, form } from '../ui/form.js';
import { toast } from '../ui/toast.js';
import { words } from '../words.js';
import { pathOf } from './record.js';

/**
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {import('./photo-list.js').PhotoList} PhotoList
 */

export class ViewerInfo {
  #list;
  /** @type {string | null} */
  #id = null;
  #shown = '';
  #heading = h('h2', { text: words.photos.viewer.details, tabindex: '-1' });
  #form = h('div');
  #facts = h('dl', { class: 'photo-viewer-facts' });
  #note = h('p', { class: 'photo-viewer-hint', hidden: true }, icon('info'), words.photos.viewer.smallOnly);
  element = h('aside', { class: 'photo-viewer-info', 'aria-label': words.photos.viewer.info, hidden: true },
    this.#heading, this.#form, this.#facts, this.#note);

  /** @param {PhotoList} list */
  constructor(list) {
    this.#list = list;
  }

  /** Opens or closes the panel. Returns whether it is open now. */
  toggle() {
    this.element.hidden = !this.element.hidden;
    return !this.element.hidden;
  }

  focus() {
    this.#heading.focus();
  }

  /**
   * @param {Photo} photo
   * @param {boolean} hasOriginal
   */
  show(photo, hasOriginal) {
    // The form keeps what somebody is typing while the record is read again.
    const key = `${photo.id} ${photo.title}`;
    if (key !== this.#shown) replace(this.#form, this.#titleForm(photo));
    this.#shown = key;
    this.#id = photo.id;
    this.#note.hidden = hasOriginal || photo.status !== 'ready';
    const { viewer } = words.photos;
    const isKnown = photo.width > 0;
    replace(this.#facts,
      fact(viewer.filename, photo.filename),
      fact(viewer.added, dateTime(new Date(photo.created).toISOString())),
      isKnown && fact(viewer.dimensions, viewer.pixels(photo.width, photo.height)),
      fact(viewer.size, bytes(photo.bytes)),
      fact(viewer.type, photo.type.replace(/^image\//, '').toUpperCase()));
  }

  /** @param {Photo} photo */
  #titleForm({ id, title }) {
    const input = field({ name: 'title', label: words.photos.viewer.titleLabel, value: title, maxlength: 255, autocomplete: 'off' });
    const { element, button } = form({
      fields: [input],
      submitLabel: words.photos.viewer.save,
      submit: async (values) => {
        const changed = await api.patch(pathOf(id), { title: values.title });
        this.#list.insert(changed);
        toast(words.photos.viewer.saved(changed.title));
        if (this.#id === id) this.focus();
      },
    });
    const update = () => {
      button.hidden = input.input.value === title;
    };
    input.input.addEventListener('input', update);
    input.input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      input.input.value = title;
      update();
      this.focus();
    });
    update();
    return element;
  }
}
