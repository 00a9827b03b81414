// Changes the name and the title of a file.

import { h } from '../dom.js';
import { openDialog } from '../ui/dialog.js';
import { field, form } from '../ui/form.js';
import { toast } from '../ui/toast.js';
import { words } from '../words.js';
import { extensionAt, extensionOf, nameChange, nameProblem } from './names.js';
import { changeFile } from './requests.js';

/** @typedef {import('../api-types.js').File} FileRecord */

/**
 * @param {FileRecord} record
 * @param {(changed: FileRecord) => void} onChanged
 */
export function openRename(record, onChanged) {
  const hasTitle = record.title !== record.filename;
  const filename = field({
    name: 'filename', label: words.files.filename, hint: words.files.filenameHint, value: record.filename, required: true,
    autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off',
  });
  const title = field({
    name: 'title', label: words.files.titleField, hint: words.files.titleHint, value: hasTitle ? record.title : '',
    placeholder: record.filename, maxlength: 255, autocomplete: 'off',
  });
  for (const { input } of [filename, title]) input.dir = 'auto';
  const warning = h('p', { class: 'file-rename-warning', role: 'status' });
  const editor = form({ fields: [filename, warning, title], submitLabel: words.files.save, submit });
  const dialog = openDialog({ title: words.files.rename, body: editor.element });

  filename.input.addEventListener('input', () => {
    const [from, to] = [extensionOf(record.filename), extensionOf(filename.value.trim())];
    warning.textContent = from && from !== to && filename.value.trim() ? words.files.extensionChanged(from, to) : '';
    title.input.placeholder = filename.value;
    filename.setError(null);
  });
  filename.input.focus();
  filename.input.setSelectionRange(0, extensionAt(record.filename));

  /** @param {Record<string, any>} values */
  async function submit(values) {
    const problem = nameProblem(values.filename);
    if (problem) {
      filename.setError(words.files.nameProblems[problem]);
      filename.input.focus();
      return;
    }
    const change = nameChange(record, { filename: values.filename, title: values.title });
    const isChanged = Object.keys(change).length > 0;
    if (isChanged) onChanged(await changeFile(record.id, change));
    dialog.close();
    if (isChanged) toast(words.files.renamed(change.title ?? change.filename ?? ''));
  }
}
