/**
 * A value that others can watch.
 * @template T
 */
export class Store {
  /** @type {T} */ #value;
  /** @type {Set<(value: T) => void>} */ #watchers = new Set();

  /** @param {T} value */
  constructor(value) {
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  /**
   * Replaces the value and notifies the watchers, unless the value is the same object.
   * @param {T} value
   */
  set(value) {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher(value);
  }

  /**
   * Replaces the value with what `change` returns for it.
   * @param {(value: T) => T} change
   */
  update(change) {
    this.set(change(this.#value));
  }

  /**
   * Calls `watcher` after each change. Returns a function that ends this.
   * @param {(value: T) => void} watcher
   * @returns {() => void}
   */
  subscribe(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
