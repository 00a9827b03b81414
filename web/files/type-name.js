import { words } from '../words.js';
import { typeLabel } from './file-types.js';

/** What a reader calls a media type. @param {string} type */
export function typeName(type) {
  const label = typeLabel(type);
  const names = /** @type {Record<string, string>} */ (words.files.typeNames);
  return names[label] ?? label;
}
