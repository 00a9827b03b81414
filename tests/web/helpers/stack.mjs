// The local stack, as `cargo run -p local` starts it.

import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const ROOT = new URL('../../../', import.meta.url);
const KEPT_LINES = 40;

// Some tests request two mails to one address, one shortly after the other.
const UNTHROTTLED = { MailIntervalSeconds: 1 };

// A folder with built binaries of all functions and of `local`, which saves the build.
const BINARIES = process.env.SATCHEL_BINARIES;

// Builds and starts a stack on free ports, which keeps no data. Returns `{api, s3, stop()}`. The first build takes
// minutes.
export async function startStack(parameters = {}) {
  const given = Object.entries({ ...UNTHROTTLED, ...parameters });
  const options = given.flatMap(([name, value]) => ['--parameter', `${name}=${value}`]);
  const [program, ...command] = BINARIES ? [`${BINARIES}/local`, '--binaries', BINARIES] : built();
  const child = spawn(program, [...command, '--ephemeral', '--port', '0', ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const log = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line) > KEPT_LINES && log.shift());
  const urls = await Promise.race([announcement(child.stdout), ended.then(() => null)]);
  if (!urls) throw new Error(`the stack did not start:\n${log.join('\n')}`);
  const stop = async () => {
    process.off('exit', end);
    end();
    await ended;
  };
  return { api: urls.API, s3: urls.S3, stop };
}

function built() {
  // `cargo run -p local` is ready before all functions are built, and a test would wait for one that is not.
  execFileSync('cargo', ['build', '--locked', '--workspace', '--bins'], { cwd: ROOT, stdio: 'inherit' });
  return ['cargo', 'run', '--locked', '-p', 'local', '--'];
}

// What the stack prints when it is ready: `{API: 'http://...', S3: ...}`.
async function announcement(output) {
  const urls = {};
  const lines = createInterface({ input: output });
  for await (const line of lines) {
    const [, name, url] = /^ {2}(\w+) +(http\S+)$/.exec(line) ?? [];
    if (name) urls[name] = url;
    // The last line that the stack prints when it starts.
    if (name === 'DynamoDB') break;
  }
  output.resume();
  return urls.S3 ? urls : null;
}
