// What the tray says about uploads.

import { bytes, duration, number } from '../format.js';
import { words } from '../words.js';

/**
 * @typedef {import('./upload.js').Item} Item
 * @typedef {import('./totals.js').Totals} Totals
 */

/** The line below the name of a file. @param {Item} item */
export function detailOf({ status, waitingFor, size, sent, kind, problem }) {
  const text = words.uploads;
  const progress = text.progressOf(bytes(sent), bytes(size));
  if (waitingFor) return waitingFor === 'network' ? text.noConnection : text.busy;
  switch (status) {
    case 'waiting':
      return joined(text.waiting, sent > 0 ? progress : bytes(size));
    case 'sending':
      return progress;
    case 'checking':
      return joined(kind === 'image' ? text.preparing : text.checking, bytes(size));
    case 'paused':
      return joined(text.paused, progress);
    case 'unfinished':
      return joined(text.interrupted, progress);
    case 'failed':
      return problem ? problemOf(problem, kind) : '';
    default:
      return joined(kind === 'image' ? text.inPhotos : text.inFiles, bytes(size));
  }
}

/**
 * @param {import('./problems.js').Description} problem
 * @param {import('./kinds.js').Kind} kind
 * @returns {string}
 */
function problemOf({ code, limit, text, reason = '' }, kind) {
  const { problems } = words.uploads;
  switch (code) {
    case 'tooLarge':
      return limit ? problems.tooLarge(bytes(limit)) : problems.tooLargeAnyhow;
    case 'refused':
      return words.errors[text ?? ''] ?? text ?? problems.server;
    case 'rejected':
      return rejectionOf(reason, kind);
    default:
      return problems[code];
  }
}

/**
 * @param {string} reason of a rejected record
 * @param {import('./kinds.js').Kind} kind
 */
function rejectionOf(reason, kind) {
  const { problems } = words.uploads;
  const [code, type] = reason.split(': ');
  switch (code) {
    case 'unsupported_type': {
      const name = type?.split('/')[1]?.replace(/^(x-|vnd\.)/, '').replace(/\+.*/, '').toUpperCase();
      return name ? problems.unsupported(name) : problems.unsupportedUnknown;
    }
    case 'invalid_image':
      return problems.invalidImage;
    case 'image_too_large':
      return problems.imageTooLarge;
    case 'content_type_mismatch':
      return kind === 'image' ? problems.invalidImage : problems.mismatch;
    case 'size_mismatch':
      return problems.sizeMismatch;
    case 'unreadable':
      return problems.unreadableAtStore;
    default:
      return problems.rejected;
  }
}

/** The title of the tray. @param {Totals} totals */
export function titleOf({ count, ready, failed, paused, running, sending, unfinished }) {
  const text = words.uploads;
  if (sending > 0) return text.uploading(Math.min(ready + failed + 1, count), count);
  if (running > 0) return text.checkingAll(running);
  if (paused > 0) return text.pausedAll(paused);
  if (failed > 0) return text.someFailed(failed, ready);
  return count > 0 ? text.finished(ready) : text.unfinished(unfinished);
}

/** The line below the title. @param {Totals} totals */
export function subtitleOf({ running, sending, offline, bytes: all, sent, speed, secondsLeft }) {
  const text = words.uploads;
  if (running > 0 && offline) return text.noConnection;
  if (sending === 0) return '';
  if (!speed) return text.progressOf(bytes(sent), bytes(all));
  const percent = text.percent(number(Math.floor((100 * sent) / all)));
  // Many tiny files take their time for other reasons.
  const pace = speed >= 1000 ? text.speed(bytes(Math.round(speed))) : '';
  return joined(percent, pace, secondsLeft ? text.timeLeft(duration(secondsLeft)) : '');
}

/** @param {...string} parts */
const joined = (...parts) => parts.filter(Boolean).join(' · ');
