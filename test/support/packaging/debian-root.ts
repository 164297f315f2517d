import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, type Running, run, start } from '../server/process.ts';

/** Runs a program elsewhere, as a host of a test network does. */
type Within = (command: string, ...args: string[]) => readonly [command: string, args: readonly string[]];

interface RunOptions {
  /** Name of the user. Default: root. */
  readonly user?: string;
  /** All that the program finds in its environment, besides PATH and HOME. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Capabilities that a user keeps who isn't root: `net_bind_service`. */
  readonly capability?: string;
}

/** A Debian with what every Debian has and nothing else. Its `/tmp` forbids to execute files. */
export class DebianRoot {
  readonly path: string;
  readonly #within: Within;

  /** @param within where it is: by default on this machine's own network */
  constructor(within: Within = (command, ...args) => [command, args]) {
    this.#within = within;
    this.path = mkdtempSync(join(tmpdir(), 'parley-root-'));
    execFileSync('cp', ['--archive', `${bareDebian()}/.`, this.path]);
    // `mkdtemp` lets nobody but root in.
    chmodSync(this.path, 0o755);
  }

  at(path: string): string {
    return join(this.path, path);
  }

  /** Puts a file into it. */
  copy(file: string, to: string): void {
    cpSync(file, this.at(to));
  }

  write(path: string, content: string): void {
    writeFileSync(this.at(path), content);
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  /** Of a user, as `/etc/passwd` has them. */
  idsOf(user: string): [uid: number, gid: number] {
    const line = this.read('/etc/passwd').match(new RegExp(`^${user}:.*$`, 'm'))?.[0] ?? '';
    const [, , uid, gid] = line.split(':');
    return [Number(uid), Number(gid)];
  }

  run(argv: readonly string[], options: RunOptions = {}, ms = 60_000): Promise<Finished> {
    return run(...this.#command(argv, options), ms);
  }

  /** As `run`. @throws if it doesn't end with exit code 0 */
  async sure(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, output } = await this.run(argv, options);
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }

  start(argv: readonly string[], options: RunOptions = {}): Running {
    return start(...this.#command(argv, options));
  }

  close(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Every step replaces the process, so that signals reach the program. */
  #command(
    argv: readonly string[],
    { user, environment = {}, folder = '/', capability }: RunOptions,
  ): readonly [string, readonly string[]] {
    const mounts =
      'mount -t proc proc "$1/proc" && mount -t tmpfs -o noexec,nosuid,mode=1777 none "$1/tmp" && ' +
      'root=$1 && shift && exec chroot "$root" "$@"';
    const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const [uid, gid] = user === undefined ? [] : this.idsOf(user);
    const as = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
    if (capability !== undefined) as.push(`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`);
    if (uid !== undefined) as.push('--no-new-privs', '--');
    return this.#within(
      'unshare',
      '--mount',
      'sh',
      '-c',
      mounts,
      'sh',
      this.path,
      'env',
      '-i',
      `--chdir=${folder}`,
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/',
      ...settings,
      ...as,
      ...argv,
    );
  }
}

/** Returns the folder of a fresh Debian 12, which is made once and stays in the folder for temporary files. */
function bareDebian(): string {
  const folder = join(tmpdir(), 'parley-debian-12');
  if (existsSync(folder)) return folder;
  const unfinished = mkdtempSync(`${folder}-`);
  execFileSync('debootstrap', ['--variant=minbase', 'bookworm', unfinished], { stdio: 'pipe' });
  mkdirSync(join(unfinished, 'proc'), { recursive: true });
  renameSync(unfinished, folder);
  return folder;
}
