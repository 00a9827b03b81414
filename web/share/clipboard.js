// Copying text to the clipboard, from a click.

/**
 * Copies a text, which may still be on its way. Call it before anything is awaited in the handler of a click: Safari
 * allows it only then, and takes a text that arrives later as a promise inside a `ClipboardItem`.
 *
 * @param {string | Promise<string>} text
 * @returns {Promise<boolean>} Whether the text is in the clipboard. False also if `text` is rejected.
 */
export async function copyText(text) {
  const { clipboard } = navigator;
  // Pages without HTTPS have no clipboard.
  if (!clipboard) return false;
  try {
    if (typeof text === 'string' || typeof ClipboardItem !== 'function') await clipboard.writeText(await text);
    // eslint-disable-next-line no-restricted-properties -- The clipboard, not the document.
    else await clipboard.write([new ClipboardItem({ 'text/plain': text.then(plain) })]);
    return true;
  } catch {
    return false;
  }
}

/**
 * Selects the text of a field and copies it in the way that also works without HTTPS.
 *
 * @param {HTMLInputElement} field
 * @returns {boolean} Whether the text is in the clipboard. If not, it is selected, so that a key copies it.
 */
export function copySelected(field) {
  field.focus();
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  }
}

/** @param {string} text */
function plain(text) {
  return new Blob([text], { type: 'text/plain' });
}
