// Shows the content of a file: pictures, PDF files, the beginning of texts, sound and film.

import { h, icon, replace } from '../dom.js';
import { bytes } from '../format.js';
import { skeleton } from '../ui/states.js';
import { words } from '../words.js';
import { kindIcon, reasonText } from './file-row.js';
import { previewOf } from './file-types.js';
import { readText } from './text-preview.js';

/** @typedef {import('../api-types.js').File} FileRecord */

/**
 * @param {FileRecord} record
 * @param {{ onDownload: () => void, signal: AbortSignal }} options
 * @returns {HTMLElement}
 */
export function previewContent(record, { onDownload, signal }) {
  const stage = h('div', { class: 'file-preview-stage' });
  const url = record.file ?? '';
  const fail = () => replace(stage, message(record, words.files.previewFailed, words.files.previewFailedText, onDownload));
  const kind = previewOf(record, { pdf: navigator.pdfViewerEnabled });
  stage.dataset.kind = kind ?? 'none';
  if (kind === 'image') {
    const image = h('img', { src: url, alt: record.title, onError: fail });
    replace(stage, image);
  } else if (kind === 'pdf') {
    replace(stage, h('iframe', { src: url, title: record.title, referrerpolicy: 'no-referrer' }));
  } else if (kind === 'audio') {
    replace(stage, h('div', { class: 'file-preview-sound' }, kindIcon(record),
      h('audio', { src: url, controls: true, preload: 'metadata', 'aria-label': record.title, onError: fail })));
  } else if (kind === 'video') {
    replace(stage, h('video', { src: url, controls: true, playsinline: true, preload: 'metadata', 'aria-label': record.title, onError: fail }));
  } else if (kind === 'text') {
    showText(stage, record, signal).catch(() => signal.aborted || fail());
  } else {
    replace(stage, ...withoutPreview(record, onDownload));
  }
  return stage;
}

/** @param {HTMLElement} stage @param {FileRecord} record @param {AbortSignal} signal */
async function showText(stage, record, signal) {
  replace(stage, h('div', { class: 'file-preview-loading' }, skeleton('text', 8)));
  const { text, complete, shown } = await readText(record, signal);
  replace(stage, h('div', { class: 'file-preview-text' },
    !complete && h('p', { class: 'file-preview-note' }, icon('info'), words.files.firstPart(bytes(shown))),
    h('pre', { tabindex: '0', role: 'region', 'aria-label': words.files.textContent(record.title), dir: 'auto', text })));
}

/** @param {FileRecord} record @param {() => void} onDownload */
function withoutPreview(record, onDownload) {
  if (record.status === 'pending') return [message(record, words.files.pendingText, words.files.pendingLong)];
  if (record.status === 'rejected') return [message(record, reasonText(record), words.files.rejectedAdvice)];
  return [message(record, words.files.noPreview, words.files.previewFailedText, onDownload)];
}

/**
 * @param {FileRecord} record
 * @param {string} title
 * @param {string} text
 * @param {() => void} [onDownload]
 */
function message(record, title, text, onDownload) {
  return h('div', { class: 'state' }, kindIcon(record), h('h3', { text: title }), h('p', { text }),
    onDownload && h('button', { class: 'button primary', type: 'button', onClick: onDownload }, icon('download'), words.files.download));
}
