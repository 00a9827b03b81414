// What a person can do with files, for menus, keys and buttons alike.

import { session } from '../session.js';
import { words } from '../words.js';
import { deleteFiles } from './deletion.js';
import { download } from './download.js';

/** @typedef {import('../api-types.js').File} FileRecord */
/** @typedef {import('../ui/menu.js').Item} Item */

/** @param {FileRecord} record */
export const isOwn = (record) => record.owner === session.user.value?.id;

const isReady = (/** @type {FileRecord} */ { status }) => status === 'ready';

export class FileActions {
  #onChanged;

  /** @param {(changed: FileRecord) => void} onChanged after a change of a file, with the new record */
  constructor(onChanged) {
    this.#onChanged = onChanged;
  }

  /** @param {FileRecord[]} records */
  download(records) {
    return download(records.filter(isReady));
  }

  /** @param {FileRecord} record */
  async rename(record) {
    if (isOwn(record)) (await import('./rename-dialog.js')).openRename(record, this.#onChanged);
  }

  /** @param {FileRecord[]} records */
  async visibility(records) {
    const own = records.filter(isOwn);
    if (own.length > 0) (await import('./visibility-dialog.js')).openVisibility(own, this.#onChanged);
  }

  /** @param {FileRecord} record */
  async share(record) {
    if (isOwn(record) && isReady(record)) (await import('../share/share-dialog.js')).openShare({ kind: 'file', record });
  }

  /** @param {FileRecord} record */
  async replace(record) {
    if (isOwn(record) && isReady(record)) await (await import('./replace-dialog.js')).openReplace(record, this.#onChanged);
  }

  /** @param {FileRecord[]} records */
  delete(records) {
    deleteFiles(records.filter(isOwn));
  }

  /**
   * @param {FileRecord} record
   * @param {{ open?: () => void, deleted?: () => void }} [around]
   * @returns {(Item | null)[]}
   */
  menuOf(record, { open, deleted } = {}) {
    const [ready, own] = [isReady(record), isOwn(record)];
    return [
      open ? { label: words.files.open, icon: 'eye', run: open } : null,
      ready ? { label: words.files.download, icon: 'download', run: () => this.download([record]) } : null,
      ready && own ? { label: words.files.share, icon: 'share', run: () => this.share(record) } : null,
      own ? { label: words.files.rename, icon: 'edit', run: () => this.rename(record) } : null,
      own ? { label: words.files.visibility, icon: 'everyone', run: () => this.visibility([record]) } : null,
      ready && own ? { label: words.files.replace, icon: 'replace', run: () => this.replace(record) } : null,
      own ? { label: words.files.delete, icon: 'trash', danger: true, run: () => {
        deleted?.();
        this.delete([record]);
      } } : null,
    ];
  }
}
