import { path } from '../api.js';

/**
 * `waiting`: for a free transfer. `sending`: announced, or being announced. `checking`: the bytes have arrived.
 * `unfinished`: left by an earlier visit; the user has to choose the file again.
 * @typedef {'waiting' | 'sending' | 'checking' | 'ready' | 'failed' | 'paused' | 'unfinished'} Status
 * @typedef {{ part_size: number, part_count: number }} Division
 * @typedef {{ url: string, headers: Record<string, string> }} Target
 */

/**
 * An upload as the tray shows it. It never changes: a change makes a new one.
 * @typedef {object} Item
 * @property {number} id
 * @property {string} name
 * @property {string} type
 * @property {number} size
 * @property {import('./kinds.js').Kind} kind
 * @property {Status} status
 * @property {'network' | 'server' | null} waitingFor why nothing is being sent
 * @property {number} sent how many bytes the store has
 * @property {import('./problems.js').Description | null} problem
 * @property {any} record the ready record
 * @property {Blob | null} file
 */

let lastId = 0;

/** One file on its way to the server. */
export class Upload {
  id = ++lastId;
  /** @type {Status} */ status = 'waiting';
  /** @type {'network' | 'server' | null} */ waitingFor = null;
  /** @type {import('./problems.js').Description | null} */ problem = null;
  /** The latest state of the record on the server. @type {any} */ record = null;
  /** When `target` was signed. */ signedAt = 0;
  /** Where one PUT goes. @type {Target | null} */ target = null;
  /** @type {Division | null} */ division = null;
  /** The parts that the store has, by number; null until the store was asked. @type {Map<number, string> | null} */
  etags = null;
  /** How many bytes an earlier visit sent. */ left = 0;
  /** Whether the store has all bytes. */ arrived = false;
  /** Whether the user cancelled it or removed it from the list. */ cancelled = false;
  /** Whether it was paused because the user was signed out. */ suspended = false;
  /** @type {AbortController | null} */ controller = null;
  /** The transfer, while it runs. @type {Promise<void> | null} */ running = null;

  /** @type {Map<number, number>} */ #inFlight = new Map();
  /** @type {Item | null} */ #item = null;
  #onChange;

  /**
   * @param {object} of
   * @param {File | null} of.file
   * @param {string} of.name
   * @param {number} of.size
   * @param {number} of.lastModified
   * @param {string} of.type
   * @param {string} of.path where the file was in a dropped folder
   * @param {import('./kinds.js').Kind} of.kind
   * @param {string} [of.visibility]
   * @param {string} of.key the idempotency key of the announcement
   * @param {() => void} onChange
   */
  constructor(of, onChange) {
    this.file = of.file;
    this.name = of.name;
    this.size = of.size;
    this.lastModified = of.lastModified;
    this.type = of.type;
    this.path = of.path;
    this.kind = of.kind;
    this.visibility = of.visibility;
    this.key = of.key;
    this.#onChange = onChange;
  }

  /** The path of its record, or null before the announcement. */
  get recordPath() {
    return this.record && this.collection + path`/${this.record.id}`;
  }

  get collection() {
    return this.kind === 'image' ? '/api/images' : '/api/files';
  }

  /** How many bytes the store has, or is about to have. */
  get sent() {
    if (this.arrived) return this.size;
    if (this.status === 'unfinished') return this.left;
    let sent = 0;
    if (this.division) for (const number of this.etags?.keys() ?? []) sent += this.partRange(number).length;
    for (const bytes of this.#inFlight.values()) sent += bytes;
    return Math.min(sent, this.size);
  }

  /** @param {number} number */
  partRange(number) {
    const { part_size: size } = /** @type {Division} */ (this.division);
    const start = (number - 1) * size;
    const end = Math.min(start + size, this.size);
    return { start, end, length: end - start };
  }

  /**
   * Notes how many bytes of a part were sent: 0 is the whole file, null means that the part is not being sent.
   * @param {number} number
   * @param {number | null} bytes
   */
  progress(number, bytes) {
    if (bytes === null) this.#inFlight.delete(number);
    else this.#inFlight.set(number, bytes);
    this.changed();
  }

  /**
   * Changes some properties together.
   * @param {Partial<Upload>} properties
   */
  set(properties) {
    Object.assign(this, properties);
    this.changed();
  }

  changed() {
    this.#item = null;
    this.#onChange();
  }

  /**
   * Notes what the server answered to the announcement.
   * @param {any} answer
   * @param {number} now
   */
  announced(answer, now) {
    const { upload, ...record } = answer;
    this.record = record;
    this.division = upload?.type === 'multipart' ? upload : null;
    this.target = upload?.url ? upload : null;
    this.signedAt = now;
    this.changed();
  }

  /**
   * Makes the next try begin with a new record.
   * @param {string} key
   */
  forgetRecord(key) {
    this.#inFlight.clear();
    this.set({ key, record: null, target: null, division: null, etags: null, arrived: false });
  }

  /** @returns {Item} */
  get item() {
    this.#item ??= Object.freeze({
      id: this.id, name: this.name, type: this.type, size: this.size, kind: this.kind, status: this.status,
      waitingFor: this.waitingFor, sent: this.sent, problem: this.problem, file: this.file,
      record: this.status === 'ready' ? this.record : null,
    });
    return this.#item;
  }
}
