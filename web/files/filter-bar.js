// The two filters of the list of files.

import { h, replace } from '../dom.js';
import { words } from '../words.js';
import { FILTER_TYPES } from './file-types.js';
import { furtherTypes, STATUSES } from './filters.js';
import { typeName } from './type-name.js';

/** @typedef {import('./filters.js').Filter} Filter */

const KNOWN_TYPES = FILTER_TYPES.flatMap(([, types]) => types);

export class FilterBar {
  #onChange;
  /** Types of files that the list has had, and that the fixed groups do not have. @type {Set<string>} */ #further = new Set();
  #type = h('select', { class: 'input', 'aria-label': words.files.type });
  #status = h('select', { class: 'input', 'aria-label': words.files.state });

  /** @param {(filter: Filter) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    const states = /** @type {Record<string, string>} */ (words.files.states);
    replace(this.#status, option('', words.files.allStates), STATUSES.map((status) => option(status, states[status])));
    this.element = h('div', { class: 'file-filters' }, this.#type, this.#status);
    for (const select of [this.#type, this.#status]) {
      select.addEventListener('change', () => this.#onChange({ type: this.#type.value, status: this.#status.value }));
    }
    this.#fill();
  }

  /** @param {Filter} filter */
  show({ type, status }) {
    this.offer(type ? [{ content_type: type }] : []);
    this.#type.value = type;
    this.#status.value = status;
    this.#type.classList.toggle('active', Boolean(type));
    this.#status.classList.toggle('active', Boolean(status));
  }

  /** Offers the types of these files too. @param {{ content_type: string }[]} files */
  offer(files) {
    const { size } = this.#further;
    for (const type of furtherTypes(files, KNOWN_TYPES)) this.#further.add(type);
    if (this.#further.size > size) this.#fill();
  }

  #fill() {
    const { value } = this.#type;
    const names = words.files.typeGroups;
    /** @type {[string, string[]][]} */
    const groups = [...FILTER_TYPES, ['further', [...this.#further]]];
    replace(this.#type, option('', words.files.allTypes), groups.filter(([, types]) => types.length > 0).map(([group, types]) =>
      h('optgroup', { label: names[/** @type {keyof typeof names} */ (group)] },
        types.map((type) => option(type, typeName(type))))));
    this.#type.value = value;
  }
}

/** @param {string} value @param {string} text */
const option = (value, text) => h('option', { value, text });
