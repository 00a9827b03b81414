// A proxy between a browser and the stack.

import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

// Starts a proxy, which records the requests that it passes on: `{received: [{url, headers}], server, stop()}`.
export async function recordingProxy() {
  const received = [];
  const proxy = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    received.push({ url, headers });
    const onward = send(url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', (error) => outgoing.destroy(error));
    incoming.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const stop = () => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return { received, server: `http://127.0.0.1:${proxy.address().port}`, stop };
}

// Starts a proxy that holds the PUT requests to `origin` after the first `passing` ones, until `release()` is called.
// `begun` counts these requests, `waiting` those that are held, and `sent` has the URLs of those that succeeded.
export async function holdingProxy(origin, passing = Infinity) {
  const state = { begun: 0, waiting: 0, sent: [] };
  const released = new Promise((resolve) => {
    state.release = resolve;
  });
  const proxy = createServer(async (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const isHeld = method === 'PUT' && url.startsWith(origin) && ++state.begun > passing;
    if (isHeld) {
      state.waiting += 1;
      await released;
    }
    const onward = send(url, { method, headers }, (answer) => {
      if (method === 'PUT' && answer.statusCode === 200) state.sent.push(url);
      outgoing.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', (error) => outgoing.destroy(error));
    outgoing.on('close', () => outgoing.writableFinished || onward.destroy());
    incoming.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  state.stop = () => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return Object.assign(state, { server: `http://127.0.0.1:${proxy.address().port}` });
}
