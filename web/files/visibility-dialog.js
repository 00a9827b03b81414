// Changes who can see files.

import { h, icon } from '../dom.js';
import { openDialog } from '../ui/dialog.js';
import { form } from '../ui/form.js';
import { toast } from '../ui/toast.js';
import { words } from '../words.js';
import { changeFile, each } from './requests.js';

/** @typedef {import('../api-types.js').File} FileRecord */
/** @typedef {FileRecord['visibility']} Visibility */

/**
 * @param {FileRecord[]} records
 * @param {(changed: FileRecord) => void} onChanged
 */
export function openVisibility(records, onChanged) {
  const present = new Set(records.map(({ visibility }) => visibility));
  /** @type {Visibility} */
  let chosen = present.size === 1 ? records[0].visibility : 'private';
  const choice = (/** @type {Visibility} */ value, /** @type {string} */ symbol, /** @type {string} */ text) =>
    h('label', { class: 'file-choice' },
      h('input', { type: 'radio', name: 'visibility', value, checked: value === chosen, onChange: () => { chosen = value; } }),
      h('span', { class: 'file-choice-text' },
        h('span', { class: 'file-choice-name' }, icon(symbol), words.files[value]),
        h('span', { class: 'muted', text })));
  const title = words.files.visibilityTitle(records.length);
  const choices = h('fieldset', { class: 'file-choices' },
    h('legend', { class: 'visually-hidden', text: title }),
    choice('private', 'lock', words.files.privateText),
    choice('members', 'everyone', words.files.membersText));
  const editor = form({ fields: [choices], submitLabel: words.files.save, submit });
  const dialog = openDialog({ title, body: editor.element });
  const first = /** @type {HTMLElement | null} */ (choices.querySelector('input:checked'));
  first?.focus();

  async function submit() {
    const changing = records.filter(({ visibility }) => visibility !== chosen);
    const failures = await each(changing, async ({ id }) => onChanged(await changeFile(id, { visibility: chosen })));
    if (failures.length > 0) {
      editor.showError(words.files.notChanged(failures.length, failures[0].error.message));
      return;
    }
    dialog.close();
    if (changing.length > 0) toast(chosen === 'private' ? words.files.madePrivate(changing.length) : words.files.madeMembers(changing.length));
  }
}
