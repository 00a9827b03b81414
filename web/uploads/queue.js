// The queue of uploads. It knows nothing of pages and elements.

import { identityOf, inChunks } from './chosen.js';
import { kindOf } from './kinds.js';
import { assertUnchanged, canRetry } from './problems.js';
import { Records } from './records.js';
import { Retries } from './retries.js';
import { Roster } from './roster.js';
import { Runner } from './runner.js';
import { Slots } from './slots.js';
import { Upload } from './upload.js';

const AT_A_TIME = 4;
const LOOKS_AT_A_TIME = 2;
/** @type {import('./upload.js').Status[]} */
const RUNNING = ['waiting', 'sending', 'checking'];

/**
 * @typedef {import('./chosen.js').Chosen} Chosen
 * @typedef {{ place?: string, visibility?: 'private' | 'members' }} AddOptions
 * @typedef {{ added: number, resumed: number, skipped: number }} Added
 */

/**
 * @typedef {object} Options
 * @property {import('./requests.js').Tools['api']} api
 * @property {import('./send.js').Send} send
 * @property {import('./clock.js').Clock} clock
 * @property {import('./remembered.js').Remembered} remembered
 * @property {string} tab names this tab in what is remembered
 * @property {() => string} newKey
 * @property {import('../store.js').Store<import('./roster.js').State>} state
 * @property {(ready: { kind: import('./kinds.js').Kind, record: any }) => void} onReady
 * @property {() => number} [random]
 */

/** Uploads files, four at a time, and publishes how they are in `state`. */
export class Queue {
  /** The largest photo and the largest file in bytes, as far as they are known. */
  limits = { /** @type {number | undefined} */ photo: undefined, /** @type {number | null} */ file: null };
  #records;
  #roster;
  #runner;
  /** @type {import('./requests.js').Tools} */ #tools;

  /** @param {Options} options */
  constructor(options) {
    const { api, send, clock, newKey, random, state, onReady } = options;
    const retries = new Retries({ clock, random });
    const roster = (this.#roster = new Roster(state, clock));
    const records = (this.#records = new Records({ ...options, retries }));
    this.#tools = {
      api,
      clock,
      newKey,
      retries,
      records,
      send: roster.rate.measured(send),
      files: new Slots(AT_A_TIME),
      transfers: new Slots(AT_A_TIME),
      looks: new Slots(LOOKS_AT_A_TIME),
    };
    this.#runner = new Runner({ roster, tools: this.#tools, onReady, largest: () => this.limits.file });
  }

  /**
   * Adds files. One that is in the queue already is not added again while it is on its way: it was most likely dropped
   * twice. It goes on if it was paused, failed, or was left by an earlier visit. Once it is ready, it can be uploaded
   * a second time, and both are kept.
   * @param {Iterable<Chosen>} files
   * @param {AddOptions} [options]
   * @returns {Promise<Added>}
   */
  add(files, { place, visibility } = {}) {
    if (this.#roster.select(undefined, ...RUNNING, 'paused').length === 0) this.#clear('ready');
    return this.#take(files, (file, path) => {
      const identity = { ...identityOf(file), path, kind: kindOf(file, place, this.limits.photo), visibility };
      const known = this.#roster.find(identity);
      if (known) return this.#goOn(known, file, path) ? 'resumed' : 'skipped';
      const upload = new Upload({ ...identity, file, key: this.#tools.newKey() }, this.#roster.publishSoon);
      this.#roster.insert(upload);
      this.#begin(upload);
      return 'added';
    });
  }

  /**
   * Continues the uploads that an earlier visit left and whose files are among `files`. Skips all others, because
   * the user may have chosen a whole folder again.
   * @param {Iterable<Chosen>} files
   * @returns {Promise<Added>}
   */
  addLeft(files) {
    return this.#take(files, (file, path) => {
      const left = this.#roster.findLeft(file);
      return left && this.#goOn(left, file, path) ? 'resumed' : 'skipped';
    });
  }

  /**
   * Offers uploads that an earlier visit left, and ends those that were cancelled.
   * @param {import('./remembered.js').Entry[]} entries
   */
  offer(entries) {
    for (const entry of entries) {
      const upload = new Upload({ ...entry, file: null, path: '' }, this.#roster.publishSoon);
      const record = entry.record ? { id: entry.record, status: 'pending' } : null;
      upload.set({ status: 'unfinished', record, left: entry.stored ?? 0 });
      if (entry.cancelled) void this.#records.discard(upload);
      else this.#roster.insert(upload);
    }
    this.#roster.publish();
  }

  /** Takes back the offer of an upload: another tab has finished it, or continues it. @param {string} key */
  withdraw(key) {
    for (const upload of this.#roster.select(undefined, 'unfinished')) {
      if (upload.key === key) this.#roster.remove(upload);
    }
    this.#roster.publish();
  }

  /** Pauses one upload, or all. @param {number} [id] */
  pause(id) {
    for (const upload of this.#roster.select(id, 'waiting', 'sending')) this.#runner.stop(upload);
    this.#roster.publish();
  }

  /** Continues one upload that was paused, or all. @param {number} [id] */
  resume(id) {
    for (const upload of this.#roster.select(id, 'paused')) this.#runner.start(upload);
    this.#roster.publish();
  }

  /** Tries one upload that failed again, or all for which that makes sense. @param {number} [id] */
  retry(id) {
    for (const upload of this.#roster.select(id, 'failed')) {
      if (upload.problem && canRetry(upload.problem)) this.#runner.start(upload);
    }
    this.#roster.publish();
  }

  /**
   * Begins a failed upload anew with what its file is now. Returns whether that can be read; if not, the user has to
   * choose it again.
   * @param {number} id
   * @param {File} [chosen]
   */
  async startAgain(id, chosen) {
    const [upload] = this.#roster.select(id, 'failed');
    const file = chosen ?? upload?.file;
    if (!upload || !file) return false;
    const properties = { ...identityOf(file), file };
    try {
      await assertUnchanged(properties);
    } catch {
      return false;
    }
    this.#beginAnew(upload, properties);
    return true;
  }

  /**
   * Begins what the server rejected anew, as a file without a type: the content does not have the declared one.
   * @param {number} id
   */
  keepAsFile(id) {
    for (const upload of this.#roster.select(id, 'failed')) this.#beginAnew(upload, { kind: 'file', type: '' });
  }

  /** Ends one upload, or all that are not ready, and deletes what was announced of them. @param {number} [id] */
  cancel(id) {
    for (const upload of this.#roster.select(id, ...RUNNING, 'paused')) this.#drop(upload);
    this.#roster.publish();
  }

  /** Forgets what an earlier visit left: one upload, or all. @param {number} [id] */
  forgetLeft(id) {
    for (const upload of this.#roster.select(id, 'unfinished')) this.#drop(upload);
    this.#roster.publish();
  }

  /** Removes what is ready or failed from the list: one upload, or all. @param {number} [id] */
  clear(id) {
    this.#clear('ready', id);
    this.#clear('failed', id);
    this.#roster.publish();
  }

  /** Pauses everything, because the user was signed out. */
  suspend() {
    for (const upload of this.#roster.select(undefined, ...RUNNING)) {
      this.#runner.stop(upload);
      upload.suspended = true;
    }
    this.#roster.publish();
  }

  /** Continues what `suspend` paused. */
  unsuspend() {
    for (const upload of this.#roster.select(undefined, 'paused')) if (upload.suspended) this.#runner.start(upload);
    this.#roster.publish();
  }

  /** Ends everything on this page; what is unfinished stays remembered. */
  abandon() {
    for (const upload of this.#roster.select(undefined, ...RUNNING, 'paused', 'failed', 'ready', 'unfinished')) {
      upload.controller?.abort();
      this.#roster.remove(upload);
    }
    this.#roster.publish();
  }

  /** Tries again at once what waits for the connection. */
  wake() {
    this.#tools.retries.wake();
  }

  /**
   * @param {Iterable<Chosen>} files
   * @param {(file: File, path: string) => keyof Added} take
   */
  async #take(files, take) {
    const added = { added: 0, resumed: 0, skipped: 0 };
    for await (const { file, path } of inChunks(files, () => this.#pause())) added[take(file, path)] += 1;
    this.#roster.publish();
    return added;
  }

  #pause() {
    this.#roster.publish();
    return this.#tools.clock.wait(0);
  }

  /**
   * Goes on with the bytes of `file`. Returns whether the upload stood still before.
   * @param {Upload} upload
   * @param {File} file
   * @param {string} path
   */
  #goOn(upload, file, path) {
    if (!['unfinished', 'failed', 'paused'].includes(upload.status) || file.size === 0) return false;
    if (upload.problem && !canRetry(upload.problem)) this.#renew(upload);
    // The announcement is repeated, and tells what became of the record.
    else if (upload.status === 'unfinished') upload.forgetRecord(upload.key);
    this.#roster.change(upload, { file, path, status: 'waiting' });
    this.#runner.start(upload);
    return true;
  }

  /**
   * @param {Upload} upload
   * @param {Partial<Upload>} properties
   */
  #beginAnew(upload, properties) {
    this.#renew(upload);
    this.#roster.change(upload, properties);
    this.#begin(upload);
    this.#roster.publish();
  }

  /** Makes the upload begin with a new record. @param {Upload} upload */
  #renew(upload) {
    void this.#records.discard(upload);
    upload.forgetRecord(this.#tools.newKey());
  }

  /** @param {Upload} upload */
  #begin(upload) {
    if (upload.size === 0) upload.set({ status: 'failed', problem: { code: 'empty' } });
    else this.#runner.start(upload);
  }

  /**
   * Takes an upload off the list, and deletes its record.
   * @param {Upload} upload
   */
  #drop(upload) {
    upload.cancelled = true;
    upload.controller?.abort();
    this.#roster.remove(upload);
    if (!upload.running) void this.#records.discard(upload);
    else void upload.running.then(() => (upload.status === 'ready' ? undefined : this.#records.discard(upload)));
  }

  /**
   * @param {'ready' | 'failed'} status
   * @param {number} [id]
   */
  #clear(status, id) {
    for (const upload of this.#roster.select(id, status)) {
      if (status === 'failed') this.#drop(upload);
      else this.#roster.remove(upload);
    }
  }
}
