/** How many files are added before the page gets a turn. */
const CHUNK = 250;

/**
 * A file that the user chose, with its path in a dropped folder if there is one.
 * @typedef {File | { file: File, path: string }} Chosen
 */

/**
 * What a file is recognized by, and its type.
 * @param {File} file
 */
export const identityOf = ({ name, size, lastModified, type }) => ({ name, size, lastModified, type });

/**
 * The files with their paths. Waits for `pause` now and then.
 * @param {Iterable<Chosen>} files
 * @param {() => Promise<void>} pause
 */
export async function* inChunks(files, pause) {
  let count = 0;
  for (const chosen of files) {
    yield 'file' in chosen ? chosen : { file: chosen, path: chosen.webkitRelativePath ?? '' };
    if (++count % CHUNK === 0) await pause();
  }
}
