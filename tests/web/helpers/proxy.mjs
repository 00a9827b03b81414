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
