// Downloads, without leaving the page.

import { api, failureText, path } from '../api.js';
import { h } from '../dom.js';
import { toast } from '../ui/toast.js';
import { words } from '../words.js';

/** @typedef {{ id: string, title: string }} Named */

const FRAME_LIFE_MS = 60_000;
/** Browsers drop downloads that begin at the same moment. */
const BETWEEN_MS = 400;

/**
 * Downloads files under their own names, one after the other.
 * @param {Named[]} records
 */
export async function download(records) {
  for (const [at, record] of records.entries()) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    try {
      const { url } = await api.get(path`/api/download/${record.id}`);
      visit(url);
    } catch (error) {
      toast(`${words.files.downloadFailed(record.title)} ${failureText(error)}`, { kind: 'danger' });
    }
  }
}

/**
 * Opens an attachment in a hidden frame. In the window itself, a failure of the store would replace the app, and a
 * running upload would ask whether to leave.
 * @param {string} url
 */
function visit(url) {
  const frame = h('iframe', { src: url, hidden: true, title: words.files.download, referrerpolicy: 'no-referrer' });
  document.body.append(frame);
  setTimeout(() => frame.remove(), FRAME_LIFE_MS);
}
