// Replaces the content of a file. The API takes new content in a form only, so it has the size of a form at most.

import { api } from '../api.js';
import { h, icon } from '../dom.js';
import { bytes } from '../format.js';
import { session } from '../session.js';
import { openDialog } from '../ui/dialog.js';
import { field, form } from '../ui/form.js';
import { toast } from '../ui/toast.js';
import { uploads } from '../uploads/uploads.js';
import { words } from '../words.js';
import { extensionOf } from './names.js';
import { pathOf } from './requests.js';

/** @typedef {import('../api-types.js').File} FileRecord */

/** Room for what a form has besides the file. */
const FORM_OVERHEAD = 4096;
/** Until the settings of the server are known. The server refuses what is too large in any case. */
const USUAL_LIMIT = 4 * 1024 * 1024;

/**
 * @param {FileRecord} record
 * @param {(changed: FileRecord) => void} onChanged
 */
export async function openReplace(record, onChanged) {
  const settings = await session.settings.catch(() => null);
  const limit = settings?.max_form_bytes ?? USUAL_LIMIT;
  const content = field({ name: 'file', label: words.files.newContent, type: 'file', hint: words.files.replaceLimit(bytes(limit)) });
  const keepName = field({ name: 'keepName', label: words.files.keepName(record.filename), type: 'checkbox', value: true });
  const instead = h('button', { class: 'button primary', type: 'button', hidden: true, onClick: uploadInstead }, icon('upload'), words.files.uploadInstead);
  const editor = form({ fields: [content, keepName], submitLabel: words.files.replaceAction, submit, class: 'file-replace', actions: [instead] });
  const dialog = openDialog({
    title: words.files.replaceTitle,
    body: [h('p', { class: 'muted', text: words.files.replaceText(record.filename) }), editor.element],
  });
  keepName.element.hidden = true;
  content.input.addEventListener('change', check);
  content.input.focus();

  /** @returns {File | null} */
  const chosen = () => content.input.files[0] ?? null;

  /** Says beside the field what is wrong with the chosen file. */
  function check() {
    const file = chosen();
    const tooLarge = file !== null && file.size > limit - FORM_OVERHEAD;
    instead.hidden = !tooLarge;
    editor.button.hidden = tooLarge;
    keepName.element.hidden = !file || tooLarge || file.name === record.filename;
    keepName.value = file !== null && extensionOf(file.name) === extensionOf(record.filename);
    const problem = !file ? words.files.replaceNone
      : file.size === 0 ? words.files.replaceEmpty
        : tooLarge ? words.files.replaceTooLarge(bytes(file.size), bytes(limit)) : null;
    content.setError(problem);
    return problem === null;
  }

  async function submit() {
    const file = chosen();
    if (!check() || !file) return content.input.focus();
    const body = new FormData();
    body.append('file', file, keepName.value ? record.filename : file.name);
    if (record.title !== record.filename) body.append('title', record.title);
    const changed = await api.put(pathOf(record.id), body);
    onChanged(changed);
    dialog.close();
    toast(words.files.replaced(changed.title));
    session.reload().catch(() => {});
  }

  function uploadInstead() {
    const file = chosen();
    if (file) uploads.add([file], { place: 'files' });
    dialog.close();
  }
}
