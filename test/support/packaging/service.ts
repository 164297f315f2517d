import { chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import type { Finished, Running } from '../server/process.ts';
import type { DebianRoot } from './debian-root.ts';

const UNIT = '/usr/lib/systemd/system/parley.service';

/** Runs what `parley.service` says by hand, as systemd would: there is none in a bare Debian. */
export class Service {
  readonly #root: DebianRoot;

  constructor(root: DebianRoot) {
    this.#root = root;
  }

  /** The values of a key in the unit. */
  values(key: string): string[] {
    return [...this.#root.read(UNIT).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(
      ([, value = '']) => value,
    );
  }

  /** `ExecStartPre`: what must succeed before each start. */
  check(): Promise<Finished> {
    return this.#root.run(this.#words('ExecStartPre'), this.#options());
  }

  /** `ExecStart`, after `ExecStartPre`. */
  async start(more: readonly string[] = []): Promise<Running> {
    const { code, output } = await this.check();
    if (code !== 0) throw new Error(`ExecStartPre ended with ${code}:\n${output}`);
    const running = this.#root.start([...this.#words('ExecStart'), ...more], this.#options());
    await running.says(/"message":"listening"/, 30_000);
    return running;
  }

  #words(key: string): string[] {
    return this.values(key).join(' ').split(' ');
  }

  #options() {
    const [user = ''] = this.values('User');
    const [state = ''] = this.values('StateDirectory');
    const [capability = ''] = this.values('AmbientCapabilities');
    const folder = `/var/lib/${state}`;
    if (!existsSync(this.#root.at(folder)))
      mkdirSync(this.#root.at(folder), { recursive: true, mode: 0o700 });
    if (statSync(this.#root.at(folder)).uid === 0)
      chownSync(this.#root.at(folder), ...this.#root.idsOf(user));
    return {
      user,
      folder: this.values('WorkingDirectory')[0] ?? '/',
      capability: capability.replace('CAP_', '').toLowerCase(),
      environment: {
        ...assignments(this.values('Environment').join(' ').split(' ')),
        ...assignments(this.#file().split('\n')),
        STATE_DIRECTORY: folder,
      },
    };
  }

  #file(): string {
    const [path = ''] = this.values('EnvironmentFile').map((value) => value.replace(/^-/, ''));
    return existsSync(this.#root.at(path)) ? this.#root.read(path) : '';
  }
}

/** Comments and empty lines are left out. */
function assignments(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value = ''] = /^\s*(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value.replace(/^"(.*)"$/, '$1')]];
    }),
  );
}
