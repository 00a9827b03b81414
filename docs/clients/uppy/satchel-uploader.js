// An uploader for Uppy 5 and 6 that sends files to Satchel: with one PUT, or in parts if they are large.

import { BasePlugin } from '@uppy/core';

export class SatchelUploader extends BasePlugin {
  // `options.session` has `call(method, path, body)`, which returns the JSON of a response.
  constructor(uppy, options) {
    super(uppy, options);
    this.id = 'SatchelUploader';
    this.type = 'uploader';
  }

  install() {
    this.uppy.addUploader(this.#uploadAll);
  }

  uninstall() {
    this.uppy.removeUploader(this.#uploadAll);
  }

  #uploadAll = async (ids) => {
    const files = this.uppy.getFilesByIds(ids).filter((file) => !file.error && !file.progress.uploadComplete);
    this.uppy.emit('upload-start', files);
    for (const file of files) {
      const cancellation = new AbortController();
      const onRemoved = ({ id }) => id === file.id && cancellation.abort();
      const onCancelled = () => cancellation.abort();
      this.uppy.on('file-removed', onRemoved);
      this.uppy.on('cancel-all', onCancelled);
      try {
        const body = await this.#upload(file, cancellation.signal);
        this.uppy.emit('upload-success', this.uppy.getFile(file.id), { status: 200, body, uploadURL: body.file });
      } catch (error) {
        if (!cancellation.signal.aborted) this.uppy.emit('upload-error', this.uppy.getFile(file.id), error);
      } finally {
        this.uppy.off('file-removed', onRemoved);
        this.uppy.off('cancel-all', onCancelled);
      }
    }
  };

  // Announces the file, sends its bytes, and returns the ready file.
  async #upload({ id, name, type, data }, signal) {
    const { session } = this.opts;
    const announcement = { filename: name, content_type: type || 'application/octet-stream', size: data.size };
    const announced = await session.call('POST', '/api/files', announcement);
    const path = `/api/files/${announced.id}`;
    const uploadStarted = Date.now();
    const progress = (bytesUploaded) => {
      const file = this.uppy.getFile(id);
      if (file) this.uppy.emit('upload-progress', file, { uploadStarted, bytesUploaded, bytesTotal: data.size });
    };
    try {
      const parts = await this.#send(announced.upload, path, data, signal, progress);
      const file = await session.call('POST', `${path}/complete`, { parts });
      if (file.status !== 'ready') throw new Error(`The file is ${file.status}: ${file.reason}`);
      return file;
    } catch (error) {
      await session.call('DELETE', path).catch(() => {});
      throw error;
    }
  }

  // Sends the bytes. Returns the parts that were sent, or nothing after one PUT.
  async #send({ url, headers, part_size: partSize, part_count: partCount }, path, data, signal, progress) {
    if (url) {
      await put(url, headers, data, signal, progress);
      return undefined;
    }
    const parts = [];
    for (let number = 1; number <= partCount; number++) {
      const signed = await this.opts.session.call('POST', `${path}/parts`, { numbers: [number] });
      const start = (number - 1) * partSize;
      const bytes = data.slice(start, start + partSize);
      const etag = await put(signed.parts[0].url, {}, bytes, signal, (sent) => progress(start + sent));
      parts.push({ number, etag });
    }
    return parts;
  }
}

// Sends bytes to a signed URL and returns their ETag. `fetch` does not report progress.
function put(url, headers, bytes, signal, progress) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => {
      if (request.status === 200) resolve(request.getResponseHeader('ETag'));
      else reject(new Error(`The store answered ${request.status}: ${request.responseText}`));
    };
    request.onerror = () => reject(new Error('The store cannot be reached.'));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => request.abort());
    request.send(bytes);
  });
}
