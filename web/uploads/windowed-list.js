// A long list of which only the rows in view are elements.

const ESTIMATE = 68;
/** How far beyond the view rows exist, in pixels. */
const MARGIN = 240;

/**
 * @template T
 * @typedef {{ element: HTMLElement, update: (item: T) => void }} Row
 */

/**
 * Shows `items` in `scroller` by one row each. Rows may have different heights, which are measured.
 * @template {{ id: number }} T
 */
export class WindowedList {
  #scroller;
  #list;
  #createRow;
  /** @type {readonly T[]} */ #items = [];
  /** @type {Map<number, Row<T>>} */ #rows = new Map();
  /** @type {Map<number, number>} */ #heights = new Map();

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} list inside the scroller
   * @param {(item: T) => Row<T>} createRow
   */
  constructor(scroller, list, createRow) {
    this.#scroller = scroller;
    this.#list = list;
    this.#createRow = createRow;
    scroller.addEventListener('scroll', () => this.render(), { passive: true });
    new ResizeObserver(() => {
      if (scroller.clientHeight === 0) return;
      this.#heights.clear();
      this.render();
    }).observe(scroller);
  }

  /** @param {readonly T[]} items */
  show(items) {
    this.#items = items;
    const ids = new Set(items.map(({ id }) => id));
    for (const id of this.#heights.keys()) if (!ids.has(id)) this.#heights.delete(id);
    this.render();
  }

  /** Scrolls to the item with `id`, and shows one more before it. @param {number} id */
  reveal(id) {
    const at = this.#items.findIndex((item) => item.id === id);
    const before = this.#items.slice(0, Math.max(0, at - 1));
    this.#scroller.scrollTop = before.reduce((sum, item) => sum + this.#heightOf(item), 0);
  }

  render() {
    this.#place();
    // Rows that are new may have another height than was assumed.
    if (this.#measure()) this.#place();
  }

  /** @param {T} item */
  #heightOf({ id }) {
    return this.#heights.get(id) ?? ESTIMATE;
  }

  #place() {
    const from = this.#scroller.scrollTop - MARGIN;
    const to = this.#scroller.scrollTop + this.#scroller.clientHeight + MARGIN;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const unused = new Map(this.#rows);
    let cursor = this.#list.firstElementChild;
    let top = 0;
    for (const [at, item] of this.#items.entries()) {
      const height = this.#heightOf(item);
      const known = this.#rows.get(item.id);
      // A row with the focus stays: the focus would be lost with it.
      if ((top + height > from && top < to) || known?.element.contains(focused)) {
        const element = this.#showRow(item, at, top, known);
        unused.delete(item.id);
        // In the order of the list, for the keyboard and for screen readers.
        if (element === cursor) cursor = cursor.nextElementSibling;
        else this.#list.insertBefore(element, cursor);
      }
      top += height;
    }
    for (const [id, { element }] of unused) {
      element.remove();
      this.#rows.delete(id);
    }
    if (focused !== document.activeElement && this.#list.contains(focused)) focused?.focus({ preventScroll: true });
    this.#list.style.setProperty('block-size', `${top}px`);
  }

  /**
   * @param {T} item
   * @param {number} at
   * @param {number} top
   * @param {Row<T>} [known]
   */
  #showRow(item, at, top, known) {
    const row = known ?? this.#createRow(item);
    row.update(item);
    row.element.setAttribute('aria-setsize', String(this.#items.length));
    row.element.setAttribute('aria-posinset', String(at + 1));
    row.element.style.setProperty('translate', `0 ${top}px`);
    this.#rows.set(item.id, row);
    return row.element;
  }

  /** Whether a row turned out to have another height. */
  #measure() {
    let changed = false;
    for (const [id, { element }] of this.#rows) {
      const height = element.offsetHeight;
      if (height === 0 || this.#heights.get(id) === height) continue;
      changed ||= height !== ESTIMATE || this.#heights.has(id);
      this.#heights.set(id, height);
    }
    return changed;
  }
}
