import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Environment } from '../../src/config/config.ts';
import { SECRET } from '../support/server/accounts.ts';
import { freePort } from '../support/server/process.ts';
import { startFlags } from '../support/server/start-flags.ts';
import type { Health } from './probe.ts';

/** Milliseconds for a server to start on a busy machine. */
const START_MS = 60_000;
/** Milliseconds from SIGTERM to the end of a server [SE8], with what a busy machine adds. */
const STOP_MS = 10_000 + 5_000;

const ROOT = resolve(import.meta.dirname, '../..');

/** The real program in its own process, run from source; it can be restarted on the same port and database. */
export class ServerProcess {
  readonly port: number;
  /** Errors in its log, and unexpected exits. */
  readonly complaints: string[] = [];
  readonly #folder: string;
  readonly #environment: Environment;
  #child: ChildProcess | undefined;

  private constructor(port: number, environment: Environment) {
    this.port = port;
    this.#environment = environment;
    this.#folder = mkdtempSync(join(tmpdir(), 'parley-chaos-'));
  }

  /** @param environment in addition to a free port, its own database, `SECRET`, and no relay */
  static async start(environment: Environment = {}): Promise<ServerProcess> {
    const server = new ServerProcess(await freePort(), environment);
    await server.#run();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get addresses(): { readonly url: string; readonly wsUrl: string } {
    return { url: this.url, wsUrl: `ws://127.0.0.1:${this.port}` };
  }

  get pid(): number {
    return this.#running.pid ?? 0;
  }

  /** Ends it with SIGTERM, and starts the next one. */
  async restart(): Promise<void> {
    const code = await this.#end('SIGTERM');
    if (code !== 0) this.complaints.push(`after SIGTERM the server ended with ${code}`);
    await this.#run();
  }

  /** Ends it with SIGKILL, and starts the next one. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    await this.#run();
  }

  /** Measured after a garbage collection. */
  async health(): Promise<Health> {
    const child = this.#running;
    child.send('health');
    const [health]: Health[] = await once(child, 'message');
    if (health === undefined) throw new Error('the probe said nothing');
    return health;
  }

  async close(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #running(): ChildProcess {
    if (this.#child === undefined) throw new Error('the server is not running');
    return this.#child;
  }

  async #run(): Promise<void> {
    const child = fork(join(ROOT, 'src/main.ts'), ['serve'], {
      cwd: ROOT,
      execArgv: [
        ...startFlags(),
        '--expose-gc',
        '--import',
        './test/support/typescript.mjs',
        '--import',
        './test/chaos/probe.ts',
      ],
      env: {
        HOST: '127.0.0.1',
        PORT: String(this.port),
        DATABASE_PATH: join(this.#folder, 'parley.db'),
        JWT_SECRET: SECRET,
        TURN: 'off',
        ...this.#environment,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    await this.#listening(child);
  }

  #listening(child: ChildProcess): Promise<void> {
    return new Promise((ready, reject) => {
      const fail = (why: string): void =>
        reject(new Error(`the server ${why}\n${this.complaints.join('\n')}`));
      const deadline = setTimeout(() => fail(`did not listen within ${START_MS} ms`), START_MS);
      child.once('exit', (code, signal) => {
        fail('ended before it listened');
        if (child === this.#child) this.complaints.push(`the server ended by itself: ${code ?? signal}`);
      });
      this.#listen(child, () => {
        clearTimeout(deadline);
        ready();
      });
    });
  }

  /** Watches the log for errors. Standard error has only the setup link, the greeting, and what Node prints when it crashes. */
  #listen({ stdout, stderr }: ChildProcess, ready: () => void): void {
    if (stdout === null || stderr === null) throw new Error('the server has no output');
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.includes('"level":"error"')) this.complaints.push(line);
      if (line.includes('"message":"listening"')) ready();
    });
    stderr.on('data', (text: Buffer) => {
      const rest = String(text).replace(/^Setup: .*\n/, '');
      if (rest !== '' && !rest.startsWith('Parley is up')) this.complaints.push(rest.trimEnd());
    });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const [code]: (number | null)[] = await ended;
    clearTimeout(late);
    return code ?? null;
  }
}
