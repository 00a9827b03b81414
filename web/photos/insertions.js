// Which records came from elsewhere than a page, and in which order. A page that was asked for before does not know of
// them, or has an older version. No DOM here.

export class Insertions {
  #numbers = /** @type {Map<string, number>} */ (new Map());

  /** How many there were so far. */
  count = 0;

  /** @param {string} id */
  add(id) {
    this.count += 1;
    this.#numbers.set(id, this.count);
  }

  /**
   * Whether the record `id` came after the first `count` ones.
   * @param {string} id
   * @param {number} count
   */
  isAfter(id, count) {
    return (this.#numbers.get(id) ?? 0) > count;
  }

  /**
   * The ids of the records that came after the first `count` ones.
   * @param {number} count
   */
  after(count) {
    return [...this.#numbers.keys()].filter((id) => this.isAfter(id, count));
  }
}
