// The list of photos of the signed-in account. It outlives the grid, so that the grid is there at once when the reader
// comes back to it.

import { api } from '../api.js';
import { session } from '../session.js';
import { uploads } from '../uploads/uploads.js';
import { PhotoList } from './photo-list.js';

/** @type {{ owner: string, list: PhotoList } | null} */
let shared = null;

export function sharedList() {
  const owner = session.user.value?.id ?? '';
  if (shared === null || shared.owner !== owner) shared = { owner, list: new PhotoList(api) };
  return shared.list;
}

uploads.onReady(({ kind, record }) => {
  if (kind === 'image') sharedList().insert(record);
});
