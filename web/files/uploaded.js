/**
 * Calls `onFile` with each file whose upload has just become ready. Returns a function that ends this.
 * @param {(record: import('../api-types.js').File) => void} onFile
 * @returns {() => void}
 */
export function followUploads(onFile) {
  /** @type {(() => void) | null} */
  let end = null;
  let ended = false;
  import('../uploads/uploads.js').then(({ uploads }) => {
    if (!ended) end = uploads.onReady(({ kind, record }) => kind === 'file' && onFile(record));
  }, () => {});
  return () => {
    ended = true;
    end?.();
  };
}
