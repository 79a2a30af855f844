// Starts the real program on a free loopback port with a folder of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const program = process.env.BEICHEN_PROGRAM ?? join(root, 'bin/beichen');

/**
 * Starts `beichen serve` (or `demo`) and waits until it says where it is.
 * @param {{command?: 'serve' | 'demo', env?: Record<string, string>, data?: string}} options
 * @returns {Promise<{url: string, setup: string | null, data: string, output: () => string, stop: () => Promise<void>}>}
 */
export async function start({ command = 'serve', env = {}, data } = {}) {
  const dir = data ?? (await mkdtemp(join(tmpdir(), 'beichen-e2e-')));
  const child = spawn(program, [command, '--addr', '127.0.0.1:0', '--data', dir], {
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: '', LC_MESSAGES: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (text) => (output += text));
  const ended = new Promise((done) => child.once('exit', done));

  let url = null;
  let setup = null;
  for await (const line of createInterface({ input: child.stdout })) {
    output += `${line}\n`;
    setup ??= /https?:\/\/\S+\/setup\?token=\S+/.exec(line)?.[0] ?? null;
    url ??= / (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1] ?? null;
    if (url !== null) break;
  }
  if (url === null) throw new Error(`beichen ${command} did not start:\n${output}`);
  child.stdout.on('data', (text) => (output += text));
  child.stdout.resume();

  return {
    url,
    setup,
    data: dir,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      if (data === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}
