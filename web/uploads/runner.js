import { canRetry, describe } from './problems.js';
import { transfer } from './transfer.js';

/** @typedef {import('./upload.js').Upload} Upload */

/** Starts and stops transfers, and notes how they end. */
export class Runner {
  #roster;
  #tools;
  #onReady;
  #largest;

  /**
   * @param {object} of
   * @param {import('./roster.js').Roster} of.roster
   * @param {import('./requests.js').Tools} of.tools
   * @param {import('./queue.js').Options['onReady']} of.onReady
   * @param {() => number | null} of.largest the size of the largest file, if it is known
   */
  constructor({ roster, tools, onReady, largest }) {
    this.#roster = roster;
    this.#tools = tools;
    this.#onReady = onReady;
    this.#largest = largest;
  }

  /** @param {Upload} upload */
  start(upload) {
    upload.set({ status: 'waiting', problem: null, waitingFor: null, suspended: false });
    this.#tools.records.remember(upload);
    const { signal } = (upload.controller = new AbortController());
    const before = upload.running;
    upload.running = (async () => {
      // An announcement that was paused still runs to its end.
      await before;
      await this.#run(upload, signal);
    })();
  }

  /** @param {Upload} upload */
  stop(upload) {
    upload.controller?.abort();
    upload.set({ status: 'paused', waitingFor: null });
  }

  /**
   * @param {Upload} upload
   * @param {AbortSignal} signal
   */
  async #run(upload, signal) {
    const { records } = this.#tools;
    try {
      await transfer(upload, this.#tools, signal);
      this.#roster.change(upload, { status: 'ready' });
      records.forget(upload);
      this.#onReady({ kind: upload.kind, record: upload.record });
    } catch (error) {
      if (signal.aborted) return;
      const problem = describe(error, this.#largest());
      if (problem.code === 'signedOut') {
        upload.set({ status: 'paused', suspended: true });
        return;
      }
      upload.set({ status: 'failed', problem, waitingFor: null });
      if (problem.code === 'rejected') this.#deleteRejected(upload);
      else if (!canRetry(problem)) records.forget(upload);
    }
  }

  /** The tray tells why: in the lists, the record would only be in the way. @param {Upload} upload */
  #deleteRejected(upload) {
    void this.#tools.records.discard(upload);
    upload.forgetRecord(this.#tools.newKey());
  }
}
