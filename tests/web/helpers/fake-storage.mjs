// A storage of a browser.

export class FakeStorage {
  values;
  constructor(from = new Map()) {
    this.values = new Map(from);
  }
  getItem(key) {
    return this.values.get(key) ?? null;
  }
  setItem(key, value) {
    this.values.set(key, value);
  }
  removeItem(key) {
    this.values.delete(key);
  }
}
