/** How much of a text is shown. */
const MAX_BYTES = 128 * 1024;

/**
 * The beginning of a text file.
 * @param {{ file: string | null, size: number }} record
 * @param {AbortSignal} signal
 * @returns {Promise<{ text: string, complete: boolean, shown: number }>}
 */
export async function readText({ file, size }, signal) {
  const response = await fetch(String(file), { headers: { Range: `bytes=0-${MAX_BYTES - 1}` }, signal });
  if (!response.ok || !response.body) throw new Error(String(response.status));
  const content = await firstBytes(response.body, MAX_BYTES);
  return { text: decoded(content), complete: content.length >= size, shown: content.length };
}

/**
 * Reads until there are enough bytes: a store may ignore the range.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} max
 */
async function firstBytes(stream, max) {
  const reader = stream.getReader();
  const bytes = new Uint8Array(max);
  let length = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const fitting = chunk.value.subarray(0, max - length);
    bytes.set(fitting, length);
    length += fitting.length;
    if (length === max) break;
  }
  reader.cancel().catch(() => {});
  return bytes.subarray(0, length);
}

/**
 * Decodes UTF-8, UTF-16 with its mark, and else Windows-1252, which has a character for every byte.
 * @param {Uint8Array} bytes
 */
function decoded(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    // As a stream, because the first part can end within a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
