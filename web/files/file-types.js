/**
 * What the media types of files mean to people: their kind, their icon, and whether the app can show them.
 *
 * @typedef {'image' | 'pdf' | 'text' | 'code' | 'document' | 'sheet' | 'slides' | 'audio' | 'video' | 'archive' | 'other'} Kind
 * @typedef {'image' | 'pdf' | 'text' | 'audio' | 'video'} Preview
 * @typedef {{ content_type: string, filename: string, size: number, status: string, file: string | null }} Described
 */

const OFFICE = 'application/vnd.openxmlformats-officedocument.';
const OPEN = 'application/vnd.oasis.opendocument.';

/** @type {Record<string, Kind>} */
const KINDS = {
  'application/pdf': 'pdf',
  'text/csv': 'sheet',
  'text/tab-separated-values': 'sheet',
  'text/html': 'code',
  'text/css': 'code',
  'text/javascript': 'code',
  'image/svg+xml': 'image',
  'application/json': 'code',
  'application/xml': 'code',
  'application/javascript': 'code',
  'application/x-sh': 'code',
  'application/sql': 'code',
  'application/yaml': 'code',
  'application/toml': 'code',
  'application/rtf': 'document',
  'application/msword': 'document',
  'application/epub+zip': 'document',
  'application/vnd.ms-excel': 'sheet',
  'application/vnd.ms-powerpoint': 'slides',
  'application/zip': 'archive',
  'application/gzip': 'archive',
  'application/zstd': 'archive',
  'application/vnd.rar': 'archive',
  'application/java-archive': 'archive',
  [`${OFFICE}wordprocessingml.document`]: 'document',
  [`${OFFICE}spreadsheetml.sheet`]: 'sheet',
  [`${OFFICE}presentationml.presentation`]: 'slides',
  [`${OPEN}text`]: 'document',
  [`${OPEN}spreadsheet`]: 'sheet',
  [`${OPEN}presentation`]: 'slides',
};

/** @type {[RegExp, Kind][]} */
const PATTERNS = [
  [/^image\//, 'image'],
  [/^audio\//, 'audio'],
  [/^video\//, 'video'],
  [/^application\/(x-)?(7z|bzip|bzip2|rar|tar|xz|lzma|gzip|zip)(-compressed)?$/, 'archive'],
  [/(\+|\/)(json|xml|yaml)$/, 'code'],
  [/^text\/x-/, 'code'],
  [/^text\//, 'text'],
];

/** Kinds of files that browsers send without a telling type. @type {Record<string, Kind>} */
const BY_EXTENSION = {
  md: 'text', txt: 'text', log: 'text', ini: 'text', conf: 'text', srt: 'text', csv: 'sheet', tsv: 'sheet', json: 'code',
  yaml: 'code', yml: 'code', toml: 'code', xml: 'code', sql: 'code', rs: 'code', py: 'code', go: 'code', c: 'code',
  h: 'code', cpp: 'code', java: 'code', js: 'code', mjs: 'code', ts: 'code', sh: 'code', css: 'code', html: 'code',
  zip: 'archive', gz: 'archive', tgz: 'archive', xz: 'archive', zst: 'archive', rar: 'archive', '7z': 'archive',
  doc: 'document', docx: 'document', odt: 'document', xls: 'sheet', xlsx: 'sheet', ods: 'sheet', ppt: 'slides',
  pptx: 'slides', odp: 'slides', mp3: 'audio', flac: 'audio', mkv: 'video', heic: 'image', avif: 'image',
};

/** The media type without parameters, in lower case. @param {string} type */
const bare = (type) => type.split(';', 1)[0].trim().toLowerCase();

/** @param {string} filename */
const extension = (filename) => /\.([^.]+)$/.exec(filename)?.[1].toLowerCase() ?? '';

/**
 * The kind of a file by its type, and by the end of its name if the type says nothing.
 * @param {{ content_type: string, filename: string }} file
 * @returns {Kind}
 */
export function kindOf({ content_type, filename }) {
  const type = bare(content_type);
  const known = KINDS[type] ?? PATTERNS.find(([pattern]) => pattern.test(type))?.[1];
  return known ?? BY_EXTENSION[extension(filename)] ?? 'other';
}

/** Icons that are not named after their kind. @type {Record<string, string>} */
const ICONS = { image: 'photos', document: 'file-text', audio: 'audio', video: 'video', archive: 'archive', other: 'file' };

/** The name of the icon of a kind. @param {Kind} kind */
export const iconOf = (kind) => ICONS[kind] ?? `file-${kind}`;

const IMAGES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif', 'image/bmp']);
const AUDIO = new Set(['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/wav', 'audio/x-wav', 'audio/webm', 'audio/flac', 'audio/x-m4a']);
const VIDEO = new Set(['video/mp4', 'video/webm', 'video/ogg', 'video/quicktime', 'video/x-m4v']);

/**
 * How the app shows the file, or null if it can only be downloaded.
 * @param {Described} file
 * @param {{ pdf?: boolean }} [browser] `pdf`: whether the browser shows PDF files in a page
 * @returns {Preview | null}
 */
export function previewOf(file, { pdf = true } = {}) {
  if (file.status !== 'ready' || !file.file) return null;
  const type = bare(file.content_type);
  if (IMAGES.has(type)) return 'image';
  if (AUDIO.has(type)) return 'audio';
  if (VIDEO.has(type)) return 'video';
  const kind = kindOf(file);
  if (kind === 'pdf') return pdf ? 'pdf' : null;
  const isText = /^text\//.test(type) || kind === 'code' || kind === 'text' || type === 'image/svg+xml';
  return isText ? 'text' : null;
}

/** The most bytes of an image that a list loads to show it in a tile. */
const MAX_TILE_BYTES = 2_000_000;

/**
 * The URL of a picture for a tile in the grid, or null.
 * @param {Described & { thumbnails?: Record<string, string> }} file
 */
export function tilePicture(file) {
  const thumbnail = Object.values(file.thumbnails ?? {})[0];
  if (thumbnail) return thumbnail;
  return previewOf(file) === 'image' && file.size <= MAX_TILE_BYTES ? file.file : null;
}

/**
 * Types that the filter of the list offers, in groups. A type that occurs in the list and is not here is offered too.
 * @type {[group: string, types: string[]][]}
 */
export const FILTER_TYPES = [
  ['documents', [
    'application/pdf', 'text/plain', 'text/markdown', 'text/csv', `${OFFICE}wordprocessingml.document`,
    `${OFFICE}spreadsheetml.sheet`, `${OFFICE}presentationml.presentation`,
  ]],
  ['images', ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/heic', 'image/avif', 'image/svg+xml']],
  ['media', ['video/mp4', 'video/quicktime', 'video/webm', 'audio/mpeg', 'audio/mp4', 'audio/wav']],
  ['archives', ['application/zip', 'application/gzip', 'application/x-7z-compressed']],
];

const LABELS = /** @type {Record<string, string>} */ ({
  'application/pdf': 'PDF',
  'text/markdown': 'Markdown',
  'text/csv': 'CSV',
  [`${OFFICE}wordprocessingml.document`]: 'Word (DOCX)',
  [`${OFFICE}spreadsheetml.sheet`]: 'Excel (XLSX)',
  [`${OFFICE}presentationml.presentation`]: 'PowerPoint (PPTX)',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/gif': 'GIF',
  'image/heic': 'HEIC',
  'image/avif': 'AVIF',
  'image/svg+xml': 'SVG',
  'video/mp4': 'MP4 (video)',
  'video/quicktime': 'MOV (video)',
  'video/webm': 'WebM (video)',
  'audio/mpeg': 'MP3 (audio)',
  'audio/mp4': 'M4A (audio)',
  'audio/wav': 'WAV (audio)',
  'application/zip': 'ZIP',
  'application/gzip': 'GZIP',
  'application/x-7z-compressed': '7Z',
});

/**
 * The name of a media type, which is the same in every language; the type itself if it has no better name.
 * @param {string} type
 */
export const typeLabel = (type) => LABELS[bare(type)] ?? bare(type);
